// The day as a list: the same bookings for narrow screens, readers and paper.

import { el } from "./dom.js";
import { clock } from "./time.js";
import { SIGNS } from "./timeline.js";
import { words } from "./words.js";

export const pill = (status) => el("span", { class: `pill ${status}` }, SIGNS[status] ? `${SIGNS[status]} ` : "", words.status[status]);

/** `codes`: those a search means, or null. `act(booking, status)`; `open(booking)`. */
export function showList(root, day, codes, { showAll, onShowAll, open, act }) {
  const wanted = day.bookings.filter((each) => (codes ? codes.has(each.code) : showAll || each.isShown));
  const hidden = day.bookings.length - day.bookings.filter((each) => each.isShown).length;
  const rows = wanted.map((each) => row(each, day, { open, act }));
  const heads = [words.time, words.party, words.name, day.usesTables ? words.table1 : words.place, words.state, words.phone, words.notes, ""];
  const button = document.activeElement;
  const code = root.contains(button) && button.closest("tr")?.dataset.code;
  const place = code && [...button.closest("tr").querySelectorAll("button")].indexOf(button);
  root.replaceChildren(
    el("h2", { class: "print-only" }, `${day.houseName} · ${day.longDate} · ${words.covers(wanted.filter((each) => each.isLive || each.status === "completed").reduce((sum, each) => sum + each.party_size, 0))}`),
    hidden ? el("label", { class: "check" }, el("input", { type: "checkbox", checked: showAll, on: { change: (event) => onShowAll(event.target.checked) } }), words.showAll) : "",
    rows.length
      ? el("table", {}, el("thead", {}, el("tr", {}, heads.map((head) => el("th", { scope: "col" }, head)))), el("tbody", {}, rows))
      : el("p", { class: "empty" }, codes ? words.nothingFound : words.none));
  if (code) root.querySelectorAll(`tr[data-code="${code}"] button`)[place]?.focus();
}

function row(booking, day, { open, act }) {
  const next = { confirmed: ["seated", day.usesTables ? words.seat : words.seatPatient], seated: ["completed", words.complete] }[booking.status];
  return el("tr", { class: booking.status, dataset: { code: booking.code } },
    el("td", { class: "time" }, clock(booking.from, day.zone)),
    el("td", { class: "party" }, String(booking.party_size)),
    el("th", { scope: "row" }, el("button", { type: "button", class: "link", on: { click: () => open(booking) } }, booking.guest_name || words.noName)),
    el("td", { class: "place" }, booking.resources.map(day.nameOf).join(" + ")),
    el("td", { class: "state" }, pill(booking.status)),
    el("td", { class: "phone" }, booking.guest_phone ? el("a", { href: `tel:${booking.guest_phone}` }, booking.guest_phone) : ""),
    el("td", { class: "notes" }, booking.notes),
    el("td", { class: "act" }, next ? el("button", { type: "button", on: { click: () => act(booking, next[0]) } }, next[1]) : ""));
}
