// Elements with text. Nothing that a server says is ever read as HTML.

export const byId = (id) => document.getElementById(id);

/** An element; `properties` are set, `children` are elements or text. */
export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children.filter((child) => child !== null));
  return element;
}

/** A table; the first cell of each row names it. */
export function table(head, rows) {
  return [
    make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
    make("tbody", {}, ...rows.map(([name, ...cells]) =>
      make("tr", {}, make("th", { scope: "row" }, name), ...cells.map((c) => make("td", {}, c))),
    )),
  ];
}

/** The same element, said to hold what that source has told. */
export function from(source, element) {
  element.dataset.from = source;
  return element;
}

/** A list of names and values. */
export function pairs(entries) {
  return make("dl", { className: "pairs" }, ...entries.flatMap(([name, value]) => [
    make("div", {}, make("dt", {}, name), make("dd", {}, value)),
  ]));
}
