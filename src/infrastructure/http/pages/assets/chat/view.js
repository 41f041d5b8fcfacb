// How lines, offers, pickers and cards look. Everything a guest or the house says is put in as text,
// never as markup; the page's policy refuses the rest.

export const known = JSON.parse(document.getElementById("known").textContent);
const SVG = "http://www.w3.org/2000/svg";
const skew = Date.parse(known.now) - Date.now();

// An instant of the house's clock on this machine's own.
export const hereAt = (instant) => Date.parse(instant) - skew;

// A reply may be in a language that the page has no words for: then its buttons are in the page's own.
const tongue = (language) => (Object.hasOwn(known.texts, language) ? language : known.language);
export const texts = (language) => known.texts[tongue(language)];
export const here = texts(known.language);
export const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function make(tag, className = "", content = "") {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (content) made.textContent = content;
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  const use = document.createElementNS(SVG, "use");
  svg.setAttribute("aria-hidden", "true");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function button(words, className, onclick) {
  const made = make("button", className, words);
  made.type = "button";
  made.onclick = onclick;
  return made;
}

function copyButton(text, label) {
  const made = button("", "", async () => {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      return;
    }
    made.classList.add("is-done");
    made.replaceChildren(icon("done"), make("span", label ? "" : "unseen", here.copied));
    setTimeout(rest, 1600);
  });
  const rest = () => {
    made.classList.remove("is-done");
    made.replaceChildren(icon("copy"), make("span", label ? "" : "unseen", here.copy));
  };
  rest();
  made.title = here.copy;
  return made;
}

const formats = new Map();

function format(language, options, instant) {
  const locale = tongue(language) === "en" ? "en-GB" : tongue(language);
  const key = locale + JSON.stringify(options);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, options));
  return formats.get(key).format(instant);
}

const clock = (language, instant, timeZone) =>
  format(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }, instant);
const dayOf = (instant, timeZone) => format("en-CA", { year: "numeric", month: "2-digit", day: "2-digit", timeZone }, instant);
const longDay = (language, instant, timeZone) =>
  format(language, { weekday: "long", day: "numeric", month: "long", timeZone }, instant);
const shortDay = (language, instant, timeZone) =>
  format(language, { weekday: "short", day: "numeric", month: "short", timeZone }, instant);

export const people = (said, n) => (n === 1 ? said.people_one : fill(said.people_other, { n }));

function placeOf(venue, resources, said) {
  const places = resources.map((id) => venue.places[id]).filter(Boolean);
  return [...new Set(places)].map((place) => said[`area_${place}`] ?? place).join(", ");
}

// A line between two days.
export function dayBreak(at) {
  const days = Math.round((new Date().setHours(0, 0, 0, 0) - new Date(at).setHours(0, 0, 0, 0)) / 864e5);
  const words = days === 0 ? here.today : days === 1 ? here.yesterday : longDay(known.language, new Date(at));
  return make("p", "day", words);
}

export function line({ id, who, text, at, language, failed }, venue, onRetry) {
  const element = make("div", `line ${who}${failed ? " unsent" : ""}`);
  element.dataset.id = id;
  if (who === "staff") {
    const name = make("div", "name", fill(here.team, { venue: venue.name }));
    name.prepend(icon("person"));
    element.append(name);
  } else if (language && language !== known.language) element.lang = language;
  const words = make("div", "words");
  words.dir = "auto";
  if (who === "guest") words.append(make("span", "unseen", `${here.you} `));
  words.append(text);
  const time = make("time", "", clock(known.language, new Date(at)));
  time.dateTime = new Date(at).toISOString();
  const meta = make("div", "meta");
  meta.append(time, copyButton(text));
  element.append(words, meta);
  if (failed) element.append(failure(failed, onRetry));
  return element;
}

// Said once, not after each message that waits for a person.
export function note({ id }) {
  const element = make("p", "note", here.with_team);
  element.dataset.id = id;
  element.prepend(icon("person"));
  return element;
}

function failure({ words, detail }, onRetry) {
  const element = make("div", "wrong");
  element.setAttribute("role", "alert");
  element.append(make("span", "", [here[words] ?? here.failed, detail].filter(Boolean).join(" ")), button(here.again, "", onRetry));
  return element;
}

// The house's line while it is being written: a stage first, then the words. It is hidden from screen
// readers, which hear the finished line once instead of every piece.
export function growing() {
  const element = make("div", "line house stage");
  const words = make("div", "words");
  element.setAttribute("aria-hidden", "true");
  words.dir = "auto";
  const dots = make("span", "dots");
  dots.append(make("i"), make("i"), make("i"));
  const stage = make("span", "", here.received);
  words.append(dots, stage);
  element.append(words);
  // As high as a line with its time, so that nothing moves when the finished one takes its place.
  element.append(make("div", "meta"));
  return {
    element,
    stage: (name) => { stage.textContent = here[name] ?? here.received; },
    words: (text) => {
      element.classList.remove("stage");
      words.textContent = text;
    },
  };
}

function choices(label, language) {
  const row = make("div", "choices");
  row.setAttribute("role", "group");
  row.setAttribute("aria-label", label);
  if (language && language !== known.language) row.lang = language;
  return row;
}

function labelOf({ start, resources }, venue, language, withDay) {
  const instant = new Date(start);
  const day = withDay ? shortDay(language, instant, venue.zone) : "";
  return [day, clock(language, instant, venue.zone), placeOf(venue, resources, texts(language))].filter(Boolean).join(" · ");
}

export function offers({ offers: offered, language, status }, venue, say) {
  const said = texts(language);
  if (!offered.length) return null;
  const row = choices(said.options, language);
  const days = new Set(offered.map((offer) => dayOf(new Date(offer.start), venue.zone)));
  const labels = offered.map((offer) => labelOf(offer, venue, language, days.size > 1));
  if (offered.length === 1) {
    const what = fill(said.yes_book, { what: labels[0] });
    row.append(button(what, "strong", () => say(said.yes, what)));
    if (status === "offering") row.append(button(said.other_time, "", () => say(said.other_time)));
    return row;
  }
  labels.forEach((label, index) => row.append(button(label, "", () => say(fill(said.option, { n: index + 1 }), label))));
  return row;
}

// The short answers to what the house has asked of its own accord: to a reminder, or to a place that has
// become free and is kept until a deadline. Null once that is over.
export function prompt({ offers: [offer], booking, language }, venue, say) {
  const said = texts(language);
  if (offer) return freed(offer, venue, language, say);
  if (!booking || hereAt(booking.start) < Date.now()) return null;
  const row = choices(said.answer, language);
  row.append(button(said.yes_come, "strong", () => say(said.yes_come)), button(said.cancel, "grave", () => say(said.cancel)));
  return row;
}

function freed(offer, venue, language, say) {
  const said = texts(language);
  const left = hereAt(offer.expires_at) - Date.now();
  if (!(left > 0)) return null;
  const row = choices(said.answer, language);
  const what = fill(said.yes_book, { what: labelOf(offer, venue, language, true) });
  const until = fill(said.kept_until, { time: clock(language, new Date(offer.expires_at), venue.zone) });
  row.append(
    button(what, "strong", () => say(said.yes, what)),
    button(said.no_thanks, "", () => say(said.no, said.no_thanks)),
    make("p", "until", until),
  );
  setTimeout(() => row.remove(), left);
  return row;
}

export function cancelQuestion({ language }, say) {
  const said = texts(language);
  const row = make("div", "choices");
  row.append(
    button(said.yes_cancel, "grave", () => say(said.yes, said.yes_cancel)),
    button(said.no_cancel, "", () => say(said.no, said.no_cancel)),
  );
  return row;
}

export function services({ language }, venue, say) {
  const row = make("div", "choices");
  for (const service of venue.services) {
    const name = service.names[language] ?? Object.values(service.names)[0] ?? service.id;
    row.append(button(name[0].toUpperCase() + name.slice(1), "", () => say(name)));
  }
  return row;
}

// Native fields for what is missing: a day, a number of people, or both.
export function picker({ missing, language }, venue, say) {
  const said = texts(language);
  const form = make("form", "picker");
  if (language !== known.language) form.lang = language;
  let day, party;
  if (missing.includes("date")) {
    day = make("input");
    day.type = "date";
    day.required = true;
    const now = Date.now() + skew;
    day.min = dayOf(new Date(now), venue.zone);
    day.max = dayOf(new Date(now + venue.days_ahead * 864e5), venue.zone);
    form.append(labelled(said.pick_date, day));
  }
  if (missing.includes("party_size")) {
    party = make("select");
    for (let n = venue.min_party; n <= venue.max_party; n += 1) party.append(new Option(people(said, n), n));
    party.value = Math.min(venue.max_party, Math.max(venue.min_party, 2));
    form.append(labelled(said.pick_party, party));
  }
  form.append(make("button", "strong", said.pick_send));
  form.onsubmit = (event) => {
    event.preventDefault();
    const parts = [];
    if (day) {
      const chosen = new Date(`${day.value}T12:00:00Z`);
      const date = format(language, { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }, chosen);
      parts.push(fill(said.say_date, { date }));
    }
    if (party) parts.push(fill(said.say_party, { people: people(said, Number(party.value)) }));
    const words = parts.join(", ");
    say(words[0].toUpperCase() + words.slice(1));
  };
  return form;
}

function labelled(words, field) {
  const label = make("label", "", words);
  label.append(field);
  return label;
}

const TITLES = { confirmed: "confirmed", received: "received_booking", moved: "moved", cancelled: "cancelled" };

// A question has its own buttons; any other word of the house about a booking shows it.
export const hasCard = ({ booking, action, status, post, asks }) =>
  Boolean(booking) && (post ? !asks : action !== "none" || status === "answered");

export function card({ booking, status, language }, venue, say) {
  const said = texts(language);
  const isOver = booking.status === "cancelled";
  const element = make("section", `card${isOver ? " is-cancelled" : ""}`);
  element.dataset.code = booking.code;
  if (language !== known.language) element.lang = language;
  const title = said[TITLES[status] ?? (isOver ? "cancelled" : "booking")];
  element.setAttribute("aria-label", title);
  const head = make("div", "card-head");
  head.append(icon(isOver ? "cancel" : "done"), title);
  const start = new Date(booking.start);
  const body = make("div", "card-body");
  const what = [clock(language, start, venue.zone), people(said, booking.party_size), placeOf(venue, booking.resources, said), venue.name];
  const code = make("div", "card-code");
  code.append(make("span", "unseen", said.code), make("span", "code", booking.code), copyButton(booking.code, true));
  body.append(
    make("div", "card-when", longDay(language, start, venue.zone).replace(",", "")),
    make("div", "card-what", what.filter(Boolean).join(" · ")),
    code,
  );
  element.append(head, body);
  if (!isOver) element.append(actions(booking, venue, said, say));
  return element;
}

function actions(booking, venue, said, say) {
  const row = make("div", "actions");
  const path = pathOf(booking.link);
  if (path) row.append(link(`${path}.ics`, "calendar", said.calendar));
  if (venue.map_url) row.append(link(venue.map_url, "map", said.directions));
  const code = booking.code;
  const change = button("", "", () => say(fill(said.say_change, { code }), said.change));
  change.append(icon("change"), said.change);
  const cancel = button("", "grave", () => say(fill(said.say_cancel, { code }), said.cancel));
  cancel.append(icon("cancel"), said.cancel);
  row.append(change, cancel);
  if (path) row.append(link(path, "see", said.see));
  return row;
}

// On this server, whatever address it is known by elsewhere.
function pathOf(address) {
  if (!address || !URL.canParse(address, location.href)) return "";
  const { pathname } = new URL(address, location.href);
  return /^\/b\/[\w-]+$/.test(pathname) ? pathname : "";
}

function link(to, symbol, words) {
  const made = make("a", "button");
  made.href = to;
  if (!to.endsWith(".ics")) {
    made.target = "_blank";
    made.rel = "noopener noreferrer";
  }
  made.append(icon(symbol), words);
  return made;
}
