// What the page says, in its language, and how it writes numbers, times and durations.

export const language = document.documentElement.lang;

const answered = await fetch(`/assets/ops/words/${language}.json`);
const words = await answered.json();
const plurals = new Intl.PluralRules(language);

/** The words under `key`, with `{name}` filled in. */
export function say(key, values = {}) {
  return words[key].replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

/** The words under `key.one`, `key.other`, as `n` wants them. */
export function sayOf(key, n, values = {}) {
  return say(`${key}.${plurals.select(n)}`, { n: number(n), ...values });
}

/** The words under `prefix.code`, or the code itself where there are none for it. */
export function sayCode(prefix, code) {
  return words[`${prefix}.${code}`] ?? code.replaceAll("_", " ");
}

const whole = new Intl.NumberFormat(language, { maximumFractionDigits: 0 });
const short = new Intl.NumberFormat(language, { maximumSignificantDigits: 2 });
const percents = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
const clock = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockWithSeconds = new Intl.DateTimeFormat(language, {
  hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23",
});

const day = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" });

export const NOTHING = "–";

const or = (write) => (value) => (value === null || value === undefined ? NOTHING : write(value));

export const number = or((n) => whole.format(n));
export const share = or((n) => percents.format(n));
export const money = or((usd) => `$${usd === 0 ? "0" : usd.toFixed(usd < 0.1 ? 4 : 2)}`);
export const time = or((at) => clock.format(at));
export const dayAndTime = or((at) => day.format(at));
export const timeWithSeconds = or((at) => clockWithSeconds.format(at));

/** Milliseconds as people say them: 0.4 ms, 120 ms, 2.1 s. */
export const took = or((ms) => {
  if (ms < 1000) return `${ms < 10 ? short.format(ms) : whole.format(ms)} ms`;
  return `${short.format(ms / 1000)} s`;
});

/** Seconds as an age: 40 s, 3 min, 2 h 5 min. */
export const age = or((seconds) => {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
});
