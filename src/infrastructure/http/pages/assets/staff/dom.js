// Elements from plain calls. What people or models wrote only ever becomes text.

/** An element. `props`: `class`, `dataset`, `vars` (CSS variables), `on` (listeners), else attributes. */
export function el(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === undefined || value === null || value === false) continue;
    if (name === "on") for (const [event, hear] of Object.entries(value)) element.addEventListener(event, hear);
    else if (name === "vars") for (const [key, each] of Object.entries(value)) element.style.setProperty(key, each);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "value") element.value = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

export const byId = (id) => document.getElementById(id);

/** Lower case without accents: "Muñoz" is found by "munoz". */
export const plain = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** A key that makes a request count once; also where the page is not served over TLS. */
export function onceKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

let hideToast = 0;

/** A sentence over the page, spoken at once. `choices`: [text, act] pairs. */
export function toast(text, { choices = [], kind = "" } = {}) {
  const box = byId("toast");
  clearTimeout(hideToast);
  const hide = () => box.hidePopover();
  box.className = `toast ${kind}`;
  box.replaceChildren(
    el("p", {}, text),
    ...choices.map(([words, act]) => el("button", { type: "button", on: { click: () => { hide(); act(); } } }, words)),
    el("button", { type: "button", class: "icon quiet close", "aria-label": "×", on: { click: hide } }, "×"),
  );
  // Shown again, so that it lies above a dialog that was opened meanwhile.
  if (box.matches(":popover-open")) box.hidePopover();
  box.showPopover();
  hideToast = setTimeout(hide, choices.length ? 20000 : 8000);
}

export const say = (text) => { byId("said").textContent = text; };

/**
 * Put `rows` in place of what `box` holds. Whoever was at a button of one keeps their place: rows are known
 * by `data-id`, what can be pressed in them by its order.
 */
export function redraw(box, rows) {
  const at = document.activeElement;
  const row = box.contains(at) && at.closest("[data-id]");
  const id = row && row.dataset.id;
  const place = row && [...row.querySelectorAll("button, a, textarea")].indexOf(at);
  box.replaceChildren(...rows.filter(Boolean));
  if (id) box.querySelector(`[data-id="${CSS.escape(id)}"]`)?.querySelectorAll("button, a, textarea")[place]?.focus();
}

/** Copy what a field holds; true where that could be done. */
export async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    field.select();
    return document.execCommand("copy");
  }
  return true;
}
