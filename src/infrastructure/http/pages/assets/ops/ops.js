// The page: asks every address every few seconds while somebody looks, and shows what is known.

import { byId, make } from "./dom.js";
import { findings, judgeParts, worst } from "./judge.js";
import { showCache, showCost, showDemand, showLatency, showModels, showNow, showParts, showStore } from "./panels.js";
import { Source, TIMEOUT_MS, useKey } from "./sources.js";
import { age, say, timeWithSeconds, took } from "./words.js";

const EVERY_MS = 10_000;
const STALE_MS = 25_000;

const sources = {
  ready: new Source("/health/ready"),
  dashboard: new Source("/metrics/dashboard"),
  cacheHealth: new Source("/cache/health"),
  cacheStats: new Source("/cache/stats"),
  latency: new Source(() => `/ops/latency?hours=${byId("hours").value}`),
  demand: new Source("/ops/demand"),
  answers: new Source("/ops/answers"),
};
const all = Object.values(sources);

const panels = {
  now: [showNow, ["dashboard", "cacheStats"]],
  parts: [() => showParts(judgeParts(known()), silentOfHealth()), ["ready", "cacheHealth", "dashboard"]],
  latency: [showLatency, ["latency", "dashboard"]],
  demand: [showDemand, ["demand"]],
  cost: [showCost, ["answers", "dashboard"]],
  models: [showModels, ["answers", "dashboard"]],
  cache: [showCache, ["cacheStats"]],
  store: [showStore, ["dashboard"]],
};

const known = () => Object.fromEntries(Object.entries(sources).map(([name, source]) => [name, source.data]));

// --- asking --------------------------------------------------------------------------------------

let askedAt = 0;

function askAll() {
  askedAt = Date.now();
  document.body.classList.add("asking");
  const asked = Object.entries(sources).map(([name, source]) => ask(name, source));
  Promise.all(asked).then(() => document.body.classList.remove("asking"));
}

async function ask(name, source) {
  await source.ask();
  for (const [id, [show, from]] of Object.entries(panels)) {
    if (from.includes(name)) showPanel(id, show);
  }
  showAges();
  showVerdict();
  showAccess();
}

function showPanel(id, show) {
  try {
    show(known());
  } catch (error) {
    console.error(error); // an answer of another shape: the other panels go on
  }
  const from = panels[id][1].map((name) => sources[name]);
  const answered = from.some((source) => source.data !== null);
  byId(id).classList.toggle("blank", !answered);
}

// --- what is old, and why ------------------------------------------------------------------------

function showAges() {
  for (const [id, [, from]] of Object.entries(panels)) {
    const old = from.filter((name) => isOld(sources[name]));
    const panel = byId(id);
    panel.classList.toggle("stale", old.length === from.length);
    panel.querySelector(".age").textContent = old.length ? ageOf(sources[old[0]]) : "";
    for (const part of panel.querySelectorAll("[data-from]")) {
      part.classList.toggle("old", old.includes(part.dataset.from));
    }
  }
  const latest = Math.max(...all.map((source) => source.at ?? 0));
  if (latest) byId("updated").textContent = say("updated", { time: timeWithSeconds(latest) });
  byId("clock").classList.toggle("stale", latest > 0 && Date.now() - latest > STALE_MS);
}

const isOld = (source) =>
  source.failure !== null || (source.at !== null && Date.now() - source.at > STALE_MS);

function ageOf(source) {
  const why = whyOf(source);
  if (source.at === null) return say("age.never", { why });
  return say("age.stale", { time: timeWithSeconds(source.at), age: age((Date.now() - source.at) / 1000), why });
}

function whyOf({ failure }) {
  if (failure === null) return say("why.slow", { time: took(TIMEOUT_MS) });
  return say(`why.${failure.why}`, { status: failure.status, time: took(TIMEOUT_MS) });
}

const silentOfHealth = () =>
  ["ready", "cacheHealth"].map((name) => sources[name]).filter((s) => s.data === null && s.failure && s.failure.why !== "key").map((s) => s.address);

// --- the verdict ---------------------------------------------------------------------------------

function showVerdict() {
  if (all.every((source) => source.asked === 0)) return;
  const { level, headline, told } = verdict();
  byId("verdict").dataset.level = level;
  put(byId("headline"), headline);
  const list = byId("findings");
  const text = told.map((each) => `${each.name ?? ""}${each.text}`).join();
  if (list.dataset.told === text) return;
  list.dataset.told = text;
  list.replaceChildren(...told.map((each) =>
    make("li", {}, ...(each.name ? [make("strong", {}, each.name), " "] : []), each.text)));
}

function verdict() {
  if (all.some((source) => source.failure?.why === "key")) {
    return { level: "unknown", headline: say("headline.key"), told: troubled(judgeParts(known())) };
  }
  const answering = all.filter((source) => source.asked && source.failure === null);
  if (answering.length === 0) return unreachable();
  const health = sources.ready.failure === null ? sources.ready.data : null;
  const now = known();
  const parts = judgeParts({ ...now, ready: health });
  const found = findings(now);
  const told = [...troubled(parts), ...found];
  if (health === null && sources.ready.asked) told.unshift({ text: say("finding.no_health") });
  if (all.some(isOld)) told.push({ text: say("finding.partial") });
  const unsure = health === null ? ["unknown"] : [];
  const level = worst([...parts.map((part) => part.level), ...found.map((each) => each.level), ...unsure]);
  const kind = level !== "good" && level !== "off" ? level : all.some(isOld) ? "partial" : "good";
  if (!told.length) told.push({ text: say("finding.quiet") });
  return { level: kind === "partial" ? "good" : kind, headline: say(`headline.${kind}`), told };
}

const troubled = (parts) => parts.filter(({ level }) => level === "bad" || level === "limited");

function unreachable() {
  const latest = Math.max(...all.map((source) => source.at ?? 0));
  const told = latest
    ? say("finding.unreachable", { time: timeWithSeconds(latest) })
    : say("finding.unreachable_never");
  return { level: "bad", headline: say("headline.unreachable"), told: [{ text: told }] };
}

/** Set a text only where it differs, so that it is read aloud only then. */
function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

// --- the key -------------------------------------------------------------------------------------

let tried = false;

function showAccess() {
  const refused = all.some((source) => source.failure?.why === "key");
  const form = byId("access");
  if (refused && form.hidden) byId("key").value = "";
  form.hidden = !refused;
  byId("key-wrong").hidden = !(refused && tried);
}

byId("access").addEventListener("submit", (event) => {
  event.preventDefault();
  tried = true;
  useKey(byId("key").value.trim());
  askAll();
});

// --- going on ------------------------------------------------------------------------------------

byId("refresh").addEventListener("click", askAll);
byId("hours").addEventListener("change", () => ask("latency", sources.latency));
byId("stage").addEventListener("change", () => showPanel("latency", showLatency));
byId("venue").addEventListener("change", () => showPanel("demand", showDemand));
document.addEventListener("visibilitychange", () => {
  if (!document.hidden) askAll();
});

setInterval(() => {
  if (document.hidden) return;
  showAges();
  if (Date.now() - askedAt >= EVERY_MS) askAll();
}, 1000);

askAll();
