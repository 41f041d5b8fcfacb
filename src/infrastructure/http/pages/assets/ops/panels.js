// What each panel shows of what is known.

import { clearDemand, clearLatency, drawDemand, drawLatency, hourName, REASONS } from "./charts.js";
import { byId, from, make, pairs, table } from "./dom.js";
import { shareLeft } from "./judge.js";
import { age, dayAndTime, money, number, say, sayCode, share, time, took } from "./words.js";

const STAGES = ["turn", "begin", "router", "decide", "human", "save"];

const body = (id) => byId(id).querySelector("[data-body]");

export function showNow({ dashboard, cacheStats }) {
  const tile = (value, name, note = "", source = "dashboard") =>
    from(source, make("div", {}, make("dt", {}, name), make("dd", {}, value), note ? make("dd", { className: "note" }, note) : null));
  const of = dashboard ?? {};
  const oldest = of.queue_oldest_s ? say("now.oldest", { time: age(of.queue_oldest_s) }) : "";
  const tiles = [
    tile(number(of.active_conversations), say("now.active")),
    tile(number(of.turns_last_hour), say("now.turns")),
    tile(number(of.confirmed_bookings_last_hour), say("now.confirmed")),
    tile(number(of.conflicts_open), say("now.conflicts")),
    tile(share(of.success_rate), say("now.success")),
    tile(share(of.abandonment_rate), say("now.abandoned")),
  ];
  if (cacheStats?.cache.enabled) tiles.push(tile(share(hitRate(cacheStats)), say("now.hit"), "", "cacheStats"));
  if (of.booking_store) tiles.splice(3, 0, tile(number(of.queue_depth), say("now.queue"), oldest));
  body("now").replaceChildren(...tiles);
  body("now").classList.toggle("only-here", of.source === "process");
  body("now").dataset.note = of.source === "process" ? say("now.process") : "";
}

/** Of all reads, those that were found in the process or behind it; null without any. */
function hitRate({ cache }) {
  const { hits = 0, total = 0 } = cache.operations.get ?? {};
  if (!total && !cache.near_cache.hits) return null;
  const near = cache.near_cache.hit_rate;
  return near + (1 - near) * (total ? hits / total : 0);
}

export function showParts(parts, silent) {
  const rows = parts.map(({ name, level, text, latency, source }) =>
    from(source, row(level, name, text, latency === null || latency === undefined ? "" : took(latency))));
  const unknown = silent.map((path) => row("unknown", path, say("parts.silent", { path }), ""));
  body("parts").replaceChildren(...rows, ...unknown);
}

function row(level, name, text, note) {
  const item = make("li", {}, make("strong", {}, name), make("em", {}, say(`level.${level}`)), make("small", {}, note), make("p", {}, text));
  item.dataset.level = level;
  return item;
}

export function showLatency({ latency, dashboard }) {
  if (!latency && !dashboard) return;
  if (latency) byId("since").textContent = say("footer.since", { time: dayAndTime(Date.parse(latency.since)) });
  const lastHour = dashboard?.stages ?? {};
  const chosen = byId("stage").value || "turn";
  const known = STAGES.filter((name) => latency?.stages[name] || lastHour[name]);
  options(byId("stage"), (known.length ? known : ["turn"]).map((name) => [name, sayCode("stage", name)]), chosen);
  const stage = latency?.stages[chosen];
  byId("latency").querySelector(".empty").hidden = Boolean(stage);
  byId("latency-chart").hidden = !stage;
  if (stage) {
    const { p50_ms = null, p95_ms = null, p99_ms = null } = lastHour[chosen] ?? {};
    const label = say("latency.label", { stage: sayCode("stage", chosen), p50: took(p50_ms), p95: took(p95_ms), p99: took(p99_ms) });
    drawLatency(latency.starts, stage, label);
  } else clearLatency();
  const rows = STAGES.filter((name) => lastHour[name]?.count).map((name) => {
    const { p50_ms, p95_ms, p99_ms, count } = lastHour[name];
    return [sayCode("stage", name), took(p50_ms), took(p95_ms), took(p99_ms), number(count)];
  });
  const head = [say("latency.stage"), "p50", "p95", "p99", say("latency.count")];
  body("latency").replaceChildren(...(rows.length ? table(head, rows) : []));
  body("latency").parentElement.hidden = rows.length === 0;
}

export function showDemand({ demand }) {
  if (!demand) return;
  const venues = Object.keys(demand.venues);
  const choice = byId("venue");
  options(choice, venues.map((venue) => [venue, venue]), choice.value);
  choice.parentElement.hidden = venues.length < 2;
  const chosen = demand.venues[choice.value];
  for (const part of ["demand-chart", "demand-legend"]) byId(part).hidden = !chosen;
  byId("demand").querySelector("details").hidden = !chosen;
  if (!chosen) {
    body("demand").textContent = say("demand.none");
    clearDemand();
    return;
  }
  const sum = (hour) => Object.values(hour.reasons).reduce((a, b) => a + b, 0);
  const worst = chosen.hours.reduce((a, b) => (sum(b) > sum(a) ? b : a));
  const lead = say("demand.lead", {
    refused: number(chosen.refused), saved: number(chosen.saved), lost: number(chosen.lost),
    open: number(chosen.open), covers: number(chosen.covers_lost), hour: longHour(worst.hour),
  });
  body("demand").textContent = lead;
  drawDemand(everyHour(chosen.hours), say("demand.label", { lead }));
  const reasons = REASONS.filter((reason) => chosen.hours.some((each) => each.reasons[reason]));
  byId("demand-table").replaceChildren(...table(
    [say("demand.hour"), ...reasons.map((reason) => say(`reason.${reason}`)), say("demand.lost")],
    chosen.hours.map((each) => [longHour(each.hour), ...reasons.map((r) => number(each.reasons[r] ?? 0)), number(each.lost)]),
  ));
}

const longHour = (hour) => (hour === null ? hourName(hour) : `${hourName(hour)}:00`);

/** The hours between the first and the last too, so that the axis is a clock. */
function everyHour(hours) {
  const filled = [];
  for (const each of hours.filter((one) => one.hour !== null)) {
    const before = filled.at(-1)?.hour ?? (each.hour + 23) % 24;
    for (let hour = (before + 1) % 24; hour !== each.hour; hour = (hour + 1) % 24) filled.push({ hour, reasons: {} });
    filled.push(each);
  }
  return [...filled, ...hours.filter((each) => each.hour === null)];
}

export function showCost({ answers, dashboard }) {
  const rows = ["booked", "abandoned"].map((kind) => {
    const of = answers?.[kind];
    return [say(`cost.${kind}`), number(of?.tokens), money(of?.cost_usd), number(of?.conversations)];
  });
  const head = [say("cost.talk"), say("cost.tokens"), say("cost.usd"), say("cost.number")];
  const hour = pairs([
    [say("cost.shared"), `${number(dashboard?.tokens_per_confirmed_booking)} · ${money(dashboard?.cost_usd_per_confirmed_booking)}`],
    [say("cost.total"), `${number(dashboard?.tokens_last_hour)} · ${money(dashboard?.cost_usd_last_hour)}`],
  ]);
  body("cost").replaceChildren(from("answers", make("table", {}, ...table(head, rows))), from("dashboard", hour));
}

export function showModels({ answers, dashboard }) {
  const breakers = Object.entries(dashboard?.breakers ?? {}).filter(([name]) => name !== "cache");
  const shown = breakers.length
    ? [make("h3", {}, say("models.breakers")), from("dashboard", pairs(breakers.map(([name, state]) => [name, sayCode("breaker", state)])))]
    : dashboard ? [from("dashboard", make("p", { className: "note" }, say("models.local")))] : [];
  const counted = (title, rows) => [
    make("h3", {}, say(title)),
    from("answers", rows?.length
      ? make("table", { className: "number-columns" }, ...table([say("models.why"), say("models.hour"), say("models.day")], rows))
      : make("p", { className: "note" }, answers ? say("models.none") : "–")),
  ];
  const fallbacks = answers?.fallbacks.map((each) => [
    `${each.agent}: ${sayCode("fallback", each.reason)}`, number(each.last_hour), number(each.last_day),
  ]);
  const stops = answers?.claim_check_stops.map((each) => [each.reason, number(each.last_hour), number(each.last_day)]);
  body("models").replaceChildren(...shown, ...counted("models.fallbacks", fallbacks), ...counted("models.stops", stops));
}

export function showCache({ cacheStats }) {
  const cache = cacheStats?.cache;
  if (!cache) return;
  const get = cache.operations.get ?? {};
  const errors = Object.values(cache.operations).reduce((sum, each) => sum + (each.errors ?? 0), 0);
  const breaker = cache.circuit_breaker;
  const state = sayCode("breaker", breaker.state);
  const since = breaker.changed_at
    ? say("cache.since", { state, time: time(Date.parse(breaker.changed_at)) }) : state;
  const entries = [
    [say("cache.near"), cache.near_cache.hits ? share(cache.near_cache.hit_rate) : "–"],
    [say("cache.coalesced"), number(cache.coalesced)],
  ];
  if (cache.enabled) {
    entries.unshift([say("cache.reads"), get.total ? share(get.hit_rate) : "–"]);
    entries.push(
      [say("cache.p95"), get.total ? took(get.p95_latency_ms) : "–"],
      [say("cache.errors"), number(errors)],
      [say("cache.pool"), `${number(cache.connection_pool.in_use)} / ${number(cache.connection_pool.max_connections)}`],
      [say("cache.breaker"), since],
    );
  }
  body("cache").replaceChildren(pairs(entries));
}

export function showStore({ dashboard }) {
  if (!dashboard) return;
  const store = dashboard.booking_store;
  if (!store) {
    body("store").replaceChildren(make("p", { className: "note" }, say("store.none")));
    return;
  }
  const left = shareLeft(store);
  const used = number(store.requests_this_month);
  const all = number(store.requests_this_month + (store.remaining_this_month ?? 0));
  const words = left === null
    ? say("store.unlimited", { used })
    : say("store.left", { left: number(store.remaining_this_month), all });
  const meter = left === null ? null : make("meter", { min: 0, max: 1, low: 0.2, optimum: 1, value: left, ariaLabel: words });
  body("store").replaceChildren(
    make("p", {}, words), ...(meter ? [meter] : []),
    pairs([
      [say("store.state"), sayCode("state", store.state)],
      [say("store.queue"), number(dashboard.queue_depth)],
      [say("store.oldest"), age(dashboard.queue_oldest_s)],
      [say("store.waiting"), number(store.waiting)],
    ]),
  );
}

/** Fill a choice, keeping what is chosen where it is still there. */
function options(select, entries, chosen) {
  const now = [...select.options].map((each) => each.value).join();
  if (now === entries.map(([value]) => value).join()) return;
  select.replaceChildren(...entries.map(([value, text]) => make("option", { value }, text)));
  select.value = entries.some(([value]) => value === chosen) ? chosen : entries[0]?.[0] ?? "";
}
