// What the figures mean: how each part is, and what an operator must know first.

import { age, number, say, sayCode, sayOf, share, took } from "./words.js";

// As the alerts of docs/operations.md have it.
const SLOW_MS = 3000;
const STANDS_S = 900;
const LOW_SHARE = 0.2;

const LEVEL_OF = { ok: "good", degraded: "limited", down: "bad" };
const WORST = ["bad", "limited", "unknown", "good", "off"];

export const worst = (levels) => WORST.find((level) => levels.includes(level)) ?? "unknown";

/** Every part that is known of: {name, level, text, latency, source}. */
export function judgeParts({ ready, cacheHealth, dashboard }) {
  const parts = Object.entries(ready?.dependencies ?? {}).map(([name, found]) =>
    name === "airtable" ? judgeAirtable(found, dashboard) : judgeDependency(name, found),
  );
  if (cacheHealth) parts.push(judgeCache(cacheHealth.cache_health));
  for (const [name, state] of Object.entries(dashboard?.breakers ?? {})) {
    if (name !== "cache") parts.push(judgeModel(name, state));
  }
  return parts;
}

function judgeDependency(name, { status, latency_ms }) {
  const level = LEVEL_OF[status] ?? "limited";
  const words = name === "ledger" ? "ledger" : "other";
  return { name: sayCode("part", name), level, text: say(`${words}.${level}`), latency: latency_ms, source: "ready" };
}

function judgeAirtable({ status, latency_ms }, dashboard) {
  const level = LEVEL_OF[status] ?? "limited";
  const waiting = dashboard?.queue_depth ?? null;
  const oldest_s = dashboard?.queue_oldest_s ?? null;
  const state = dashboard?.booking_store?.state;
  const n = number(waiting);
  let text;
  if (level !== "good" && (state === "frozen" || state === "quota")) text = say(`airtable.${state}`, { n });
  else if (level === "bad") text = say("airtable.bad", { n });
  else if (!waiting) text = say(`airtable.${level}`);
  else {
    const oldest = oldest_s === null ? "" : say("airtable.oldest", { time: age(oldest_s) });
    text = sayOf(`airtable.${level}.queue`, waiting, { oldest });
  }
  return { name: sayCode("part", "airtable"), level, text, latency: latency_ms, source: "ready" };
}

function judgeCache({ status, reason, latency_ms }) {
  const level = { healthy: "good", disabled: "off" }[status] ?? "limited";
  return { name: sayCode("part", "cache"), level, text: say(`cache.${level}`, { reason }), latency: latency_ms, source: "cacheHealth" };
}

function judgeModel(name, state) {
  const level = state === "closed" ? "good" : "limited";
  const words = { closed: "good", open: "limited" }[state] ?? "trial";
  return { name: say("part.model", { name }), level, text: say(`model.${words}`), latency: null, source: "dashboard" };
}

/** What an operator must know beyond the parts: {level, text}. */
export function findings({ ready, dashboard }) {
  const found = [];
  if (!dashboard) return found;
  const turn = dashboard.stages?.turn;
  if (turn && turn.p95_ms >= SLOW_MS) {
    found.push({ level: "limited", text: say("finding.slow", { time: took(turn.p95_ms), stage: slowest(dashboard.stages) }) });
  }
  const store = dashboard.booking_store;
  if (dashboard.queue_oldest_s >= STANDS_S && ready?.dependencies?.airtable?.status === "ok") {
    found.push({ level: "limited", text: say("finding.stands", { time: age(dashboard.queue_oldest_s) }) });
  }
  const left = shareLeft(store);
  if (left !== null && left < LOW_SHARE) {
    found.push({ level: "limited", text: say("finding.allowance", { share: share(left) }) });
  }
  if (dashboard.conflicts_open > 0) {
    found.push({ level: "good", text: sayOf("finding.conflicts", dashboard.conflicts_open) });
  }
  return found;
}

/** The share of this month's calls that is left; null without a limit. */
export function shareLeft(store) {
  const left = store?.remaining_this_month ?? null;
  if (left === null) return null;
  const all = left + store.requests_this_month;
  return all ? left / all : 0;
}

function slowest(stages) {
  const parts = Object.entries(stages).filter(([name]) => name !== "turn");
  const [name] = parts.reduce((a, b) => (b[1].p95_ms > a[1].p95_ms ? b : a), parts[0] ?? ["turn"]);
  return sayCode("stage", name);
}
