// Instants are milliseconds since the epoch; wall clocks are those of the house, whatever this machine's zone.

const MINUTE = 60000;
const formats = new Map();

function format(language, zone, options) {
  const key = `${language} ${zone} ${JSON.stringify(options)}`;
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(language, { timeZone: zone, ...options }));
  return formats.get(key);
}

export const at = (text) => Date.parse(text);

/** "21:00" */
export const clock = (instant, zone) =>
  format("en-GB", zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(instant);

/** "2026-11-27", the calendar day there. */
export const calendarDay = (instant, zone) => format("sv-SE", zone, { dateStyle: "short" }).format(instant);

export const longDay = (day, language) =>
  format(language, "UTC", { weekday: "long", day: "numeric", month: "long" }).format(at(`${day}T12:00Z`));

export const shortDay = (day, language) =>
  format(language, "UTC", { weekday: "short", day: "numeric", month: "short" }).format(at(`${day}T12:00Z`));

export const moment = (instant, language, zone) =>
  format(language, zone, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(instant);

export function otherDay(day, by) {
  return new Date(at(`${day}T12:00Z`) + by * 1440 * MINUTE).toISOString().slice(0, 10);
}

/** The instant of a wall time; in the hour that clocks show twice, the first. */
export function instantOf(day, wall, zone) {
  const asUtc = at(`${day}T${wall}:00Z`);
  const shift = (instant) => at(`${calendarDay(instant, zone)}T${clock(instant, zone)}:00Z`) - instant;
  const early = asUtc - shift(asUtc - 1440 * MINUTE);
  return early + shift(early) === asUtc ? early : asUtc - shift(asUtc + 1440 * MINUTE);
}

/** RFC 3339, as the interface wants it. */
export const stamp = (instant) => new Date(instant).toISOString().replace(".000Z", "Z");

export const minutes = (from, to) => (to - from) / MINUTE;
export const later = (instant, by) => instant + by * MINUTE;
