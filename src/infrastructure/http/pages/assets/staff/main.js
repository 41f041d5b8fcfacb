// The staff page: what is shown, from where, and what the buttons do.

import { call, follow, get, keepKey, onKeyNeeded, Refused } from "./api.js";
import { Conflicts } from "./conflicts.js";
import { byId, el, onceKey, plain, say, toast } from "./dom.js";
import { showList } from "./list.js";
import { Panel } from "./panel.js";
import { at, instantOf, longDay, otherDay, shortDay, stamp, calendarDay, clock } from "./time.js";
import { Talks } from "./talks.js";
import { Timeline } from "./timeline.js";
import { Waiting } from "./waiting.js";
import { language, otherLanguage, reason, word, words } from "./words.js";

const SHOWN = new Set(["confirming", "received", "confirmed", "seated", "completed", "no_show"]);
const LIVE = new Set(["confirming", "received", "confirmed", "seated"]);
const CODE = /^[23456789ACEFHJKLMPQRTWXY]{9}$/;

const asked = new URLSearchParams(location.search);

const app = {
  venues: [],
  venue: null,
  /** The service day that is wanted; empty means today. */
  date: asked.get("date") ?? "",
  day: null,
  /** What needs a person: stranded bookings, messages nobody got, guests who wait for an answer. */
  conflicts: [],
  failed: [],
  talks: [],
  /** Who waits for a place on the day. */
  waitlist: [],
  view: asked.get("view") ?? (matchMedia("(max-width: 40rem)").matches ? "list" : "floor"),
  query: "",
  showAll: false,
  timeline: null,
  find: (code) => app.day?.bookings.find((each) => each.code === code),
  reload,
  goTo,
  openCode,
  setStatus,
  showFloor: () => choose("floor"),
  /** A wall time of the service day: 00:30 is the night's where the night runs that long. */
  instant(wall, date = app.day.date) {
    const instant = instantOf(date, wall, app.day.zone);
    const shift = date === app.day.date ? 0 : at(`${date}T00:00Z`) - at(`${app.day.date}T00:00Z`);
    const next = instantOf(otherDay(date, 1), wall, app.day.zone);
    return instant < app.day.from + shift && next < app.day.to + shift ? next : instant;
  },
  /** The service day an instant of this night, or another, is shown under. */
  dayOf: (instant) => (app.day.from <= instant && instant < app.day.to ? app.day.date : calendarDay(instant, app.day.zone)),
};

const panel = new Panel(app);
const conflicts = new Conflicts(panel);
const talks = new Talks(panel);
const waitlist = new Waiting(panel);

// --- reading ---------------------------------------------------------------------------------

let running = null;
/** What is on the screen: the same again is not drawn again. */
let shownText = "";
let again = false;

/** Read the day; what is asked for meanwhile is read once more after that. */
async function reload() {
  if (running) {
    again = true;
    return running;
  }
  running = (async () => {
    do {
      again = false;
      await read();
    } while (again);
  })().finally(() => { running = null; });
  return running;
}

async function read() {
  const { venue, date } = app;
  const query = date ? `?date=${date}` : "";
  try {
    const here = `/venues/${venue.id}`;
    const [day, ...lists] = await Promise.all([
      get(`${here}/day${query}`), get(`${here}/conflicts`), get(`${here}/messages?state=failed`),
      get(`${here}/conversations`), get(`${here}/waitlist${query}`),
    ]);
    if (venue !== app.venue || date !== app.date) { again = true; return; }
    app.day = prepared(day, venue);
    const [{ conflicts: stranded }, { messages }, { conversations }, { entries }] = lists;
    Object.assign(app, { conflicts: stranded, failed: messages, talks: conversations, waitlist: entries });
    // What is said in a conversation may be more than what its list shows.
    panel.refreshTalk();
    const text = JSON.stringify([venue.id, { ...day, now: "" }, lists]);
    if (text === shownText) return;
    shownText = text;
    show();
    performance.mark("staff-shown");
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(words.cannot(reason(error)), { kind: "bad" });
  }
}

function prepared(day, venue) {
  const span = (each) => ({ ...each, from: at(each.start), to: at(each.end) });
  const names = new Map(day.resources.map((each) => [each.id, each.name]));
  const ahead = at(day.now) - Date.now();
  return {
    ...span(day),
    venue: venue.id,
    houseName: venue.name,
    zone: venue.time_zone,
    longDate: longDay(day.date, language),
    usesTables: day.resources.some((each) => each.kind === "table"),
    clockNow: () => Date.now() + ahead,
    nameOf: (id) => names.get(id) ?? id,
    bookings: day.bookings.map((each) => ({ ...span(each), isShown: SHOWN.has(each.status), isLive: LIVE.has(each.status) })),
    openings: day.openings.map(span),
    away: day.away.map(span),
    buffers: day.buffers.map(span),
    pacing: day.pacing.map(span),
    holds: day.holds.map((each) => ({ ...span(each), expires: at(each.expires_at) })),
  };
}

let listening = null;

function listen() {
  listening?.abort();
  listening = new AbortController();
  const query = app.date ? `?date=${app.date}` : "";
  follow(`/venues/${app.venue.id}/events${query}`, { signal: listening.signal, onChange: reload, onState: showState });
}

function showState(isLive) {
  const sign = byId("live");
  sign.className = `live ${isLive ? "on" : "off"}`;
  sign.replaceChildren(el("span", {}, isLive ? words.live : words.offline));
}

// --- showing ---------------------------------------------------------------------------------

// Nothing is drawn under a finger: what it is about to press would be gone.
let pressed = 0;
let isDue = false;

function release() {
  clearTimeout(pressed);
  pressed = 0;
  if (isDue) show();
}

for (const part of ["main", "panel"]) {
  byId(part).addEventListener("pointerdown", () => {
    clearTimeout(pressed);
    // A press whose end is never heard of must not stop the page for good.
    pressed = setTimeout(release, 10000);
  });
}
// After the click that belongs to it.
for (const end of ["pointerup", "pointercancel"]) addEventListener(end, () => setTimeout(release));

/** The house, day and view that were shown last. */
let listed = "";

function show() {
  const { day } = app;
  if (!day) return;
  isDue = pressed !== 0;
  if (isDue) return;
  const unattended = app.talks.filter((each) => !each.taken_at).length;
  document.title = `${unattended ? `(${unattended}) ` : ""}${day.longDate} · ${day.houseName}`;
  byId("day").value = day.date;
  byId("day-shown").textContent = shortDay(day.date, language);
  byId("today").hidden = day.date === day.today;
  byId("walk-in").hidden = day.date !== day.today || !day.usesTables;
  byId("conflicts").hidden = !conflicts.count;
  byId("conflicts").textContent = words.conflicts(conflicts.count);
  count("talks", app.talks.length, words.talksCount(app.talks.length, unattended));
  byId("talks").classList.toggle("urgent", unattended > 0);
  if (unattended > knownUnattended) say(words.someoneWaits);
  knownUnattended = unattended;
  count("waitlist", waitlist.count, words.waitlistCount(waitlist.count));
  showSummary();
  const isNew = listed !== `${day.venue} ${day.date} ${app.view}`;
  listed = `${day.venue} ${day.date} ${app.view}`;
  for (const view of ["floor", "list"]) {
    byId(`as-${view}`).setAttribute("aria-pressed", String(app.view === view));
    byId(view).hidden = app.view !== view;
  }
  if (app.view === "floor") app.timeline.show(day);
  showFound();
  if (isNew && app.view === "list") toNow();
  panel.refresh();
}

let knownUnattended = 0;

/** A button's number, which its name says too. */
function count(id, number, name) {
  const button = byId(id);
  button.setAttribute("aria-label", name);
  button.title = name;
  button.querySelector(".count").textContent = number || "";
}

function showFound() {
  const codes = found();
  if (app.view === "floor") app.timeline.find(codes);
  // The list is always there: it is what is printed.
  showList(byId("list"), app.day, codes, {
    showAll: app.showAll, onShowAll: (all) => { app.showAll = all; showFound(); }, open: (booking) => panel.booking(booking), act: setStatus,
  });
  return codes;
}

/** Where a list that has just come up begins: at those who come next. */
function toNow() {
  const now = app.day.clockNow() - 30 * 60000;
  const next = app.day.bookings.find((each) => each.isLive && each.from >= now);
  if (next && app.day.date === app.day.today) byId("list").querySelector(`tr[data-code="${next.code}"]`)?.scrollIntoView({ block: "start" });
}

function showSummary() {
  const { day } = app;
  const live = day.bookings.filter((each) => each.isLive || each.status === "completed");
  const people = (list) => list.reduce((sum, each) => sum + each.party_size, 0);
  const chips = [];
  const chip = (text, kind = "") => chips.push(el("span", { class: `chip ${kind}` }, text));
  const busy = day.services.filter((service) => live.some((each) => each.service === service.id));
  chip(`${words.bookings(live.length)} · ${day.usesTables ? words.covers(people(live)) : words.patients(people(live))}`, "strong");
  if (day.usesTables) {
    for (const service of busy) {
      chip(`${service.names[language] ?? service.names[app.venue.languages[0]]}: ${people(live.filter((each) => each.service === service.id))}`);
    }
  }
  const seated = day.bookings.filter((each) => each.status === "seated").length;
  if (seated) chip(day.usesTables ? words.seatedNow(seated) : words.inChair(seated), "seated");
  if (day.holds.length) chip(words.held(day.holds.length), "held");
  for (const each of day.closed) {
    const service = day.services.find((other) => other.id === each.service);
    chip(service ? words.closedFor(service.names[language] ?? service.id, each.reason) : words.closedAll(each.reason), "shut");
  }
  if (!day.openings.length && !day.closed.length) chip(words.closedDay, "shut");
  if (day.store === "airtable") chips.push(el("span", { class: "store" }, words.airtable));
  byId("summary").replaceChildren(...chips);
  byId("summary").hidden = false;
}

/** The codes that the search means, or null where nothing is searched. */
function found() {
  const wanted = plain(app.query.trim());
  if (!wanted) return null;
  const digits = wanted.replace(/[^0-9]/g, "");
  const code = wanted.replace(/[^a-z0-9]/g, "").toUpperCase();
  return new Set(app.day.bookings.filter((each) => plain(each.guest_name).includes(wanted)
    || (digits.length > 2 && digits.length === wanted.replace(/[\s+()-]/g, "").length && each.guest_phone.replace(/\D/g, "").includes(digits))
    || (code.length > 2 && each.code.replaceAll("-", "").startsWith(code))).map((each) => each.code));
}

function choose(view) {
  app.view = view;
  remember();
  show();
}

function remember() {
  const query = new URLSearchParams({ venue: app.venue.id });
  if (app.date) query.set("date", app.date);
  query.set("view", app.view);
  history.replaceState(null, "", `/staff?${query}`);
}

async function goTo(date) {
  app.date = date;
  remember();
  listen();
  await reload();
}

// --- doing -----------------------------------------------------------------------------------

async function move(booking, from, resources) {
  const where = `${clock(from, app.day.zone)} · ${(resources ?? []).map(app.day.nameOf).join(" + ")}`;
  if (!resources) {
    toast(words.cannot(words.why.other_kind), { kind: "bad" });
    return;
  }
  try {
    await call("PATCH", `/bookings/${booking.code}`, { start: stamp(from), resources, version: booking.version }, onceKey());
    say(words.moved(where));
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    const near = (error.problem.alternatives ?? []).filter((slot) => at(slot.start) !== booking.from || String(slot.resources) !== String(booking.resources));
    toast(`${where} — ${words.cannot(whyNot(error, booking, from, resources))}${near.length ? ` ${words.alternatives}` : ""}`, {
      kind: "bad",
      choices: near.slice(0, 3).map((slot) => [
        `${clock(at(slot.start), app.day.zone)} · ${slot.resources.map(app.day.nameOf).join(" + ")}`,
        () => move(app.find(booking.code) ?? booking, at(slot.start), slot.resources),
      ]),
    });
  }
  await reload();
}

/** The reason, with the name of who sits there where that is why. */
function whyNot(error, booking, from, resources) {
  if (error.problem.reason !== "no_resource") return reason(error);
  const to = from + booking.to - booking.from;
  const other = app.day.bookings.find((each) => each.isLive && each.code !== booking.code
    && each.from < to && from < each.to && each.resources.some((id) => resources.includes(id)));
  if (other) return words.takenBy(other.guest_name || words.noName, clock(other.from, app.day.zone));
  const seats = app.day.resources.filter((each) => resources.includes(each.id)).reduce((sum, each) => sum + each.max_covers, 0);
  return seats < booking.party_size ? words.tooSmall(seats) : reason(error);
}

/** Whether it was done. */
async function setStatus(booking, status) {
  try {
    await call("PATCH", `/bookings/${booking.code}`, { status, version: booking.version }, onceKey());
    say(words.status[status]);
    return true;
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    toast(words.cannot(reason(error)), { kind: "bad" });
    return false;
  } finally {
    await reload();
  }
}

/** Open a booking by its code, on whatever day it is. */
async function openCode(code) {
  let booking = app.find(code);
  if (!booking) {
    try {
      const elsewhere = await get(`/bookings/${encodeURIComponent(code)}`);
      await goTo(calendarDay(at(elsewhere.start), app.day.zone));
      // The hours after midnight belong to the night before.
      if (!app.find(elsewhere.code)) await goTo(otherDay(app.date, -1));
      booking = app.find(elsewhere.code);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      toast(words.cannot(reason(error)), { kind: "bad" });
    }
  }
  if (booking) panel.booking(booking);
}

// --- beginning -------------------------------------------------------------------------------

function dress() {
  word();
  byId("language").lang = language === "es" ? "en" : "es";
}

onKeyNeeded(() => new Promise((resolve) => {
  waiting.push(resolve);
  const box = byId("access");
  if (!box.open) {
    byId("access-wrong").hidden = sessionStorage.getItem("anfitrion-staff-key") === null;
    box.showModal();
  }
}));
const waiting = [];

byId("access").addEventListener("cancel", (event) => event.preventDefault());
byId("access").addEventListener("close", () => {
  keepKey(byId("key").value);
  byId("key").value = "";
  for (const resolve of waiting.splice(0)) resolve();
});

byId("before").addEventListener("click", () => goTo(otherDay(app.day.date, -1)));
byId("after").addEventListener("click", () => goTo(otherDay(app.day.date, 1)));
byId("today").addEventListener("click", () => goTo(""));
byId("day").addEventListener("change", (event) => { if (event.target.value) goTo(event.target.value); });
byId("day").addEventListener("click", (event) => event.target.showPicker?.());
byId("as-floor").addEventListener("click", () => choose("floor"));
byId("as-list").addEventListener("click", () => choose("list"));
byId("new").addEventListener("click", () => panel.newBooking());
byId("walk-in").addEventListener("click", () => panel.walkIn());
byId("conflicts").addEventListener("click", () => conflicts.open());
byId("talks").addEventListener("click", () => talks.open());
byId("waitlist").addEventListener("click", () => waitlist.open());
byId("print").addEventListener("click", () => print());
byId("language").addEventListener("click", () => {
  otherLanguage();
  dress();
  app.day.longDate = longDay(app.day.date, language);
  showState(byId("live").classList.contains("on"));
  show();
});
byId("venue").addEventListener("change", (event) => {
  app.venue = app.venues.find((each) => each.id === event.target.value);
  goTo(app.date);
});
byId("search").addEventListener("input", (event) => {
  app.query = event.target.value;
  const codes = app.day && showFound();
  if (codes) say(words.found(codes.size));
});
byId("search").addEventListener("keydown", (event) => {
  if (event.key !== "Enter") return;
  const codes = found();
  const code = app.query.toUpperCase().replace(/[^A-Z0-9]/g, "");
  if (codes?.size === 1) panel.booking(app.find([...codes][0]));
  else if (!codes?.size && CODE.test(code)) openCode(code);
});

async function begin() {
  dress();
  app.timeline = new Timeline(byId("floor"), {
    open: (booking) => panel.booking(booking), move, begin: (from, lane) => panel.newBooking({ from, lane }),
  });
  ({ venues: app.venues } = await get("/venues"));
  app.venue = app.venues.find((each) => each.id === asked.get("venue")) ?? app.venues[0];
  byId("venue").replaceChildren(...app.venues.map((each) => el("option", { value: each.id }, each.name)));
  byId("venue").value = app.venue.id;
  remember();
  listen();
  await reload();
  setInterval(() => { if (app.day && app.view === "floor") app.timeline.tick(app.day.clockNow()); }, 1000);
}

begin();
