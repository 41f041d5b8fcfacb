// The two charts, drawn by uPlot in the page's own colours.

import { byId, make } from "./dom.js";
import { say, took } from "./words.js";

const HEIGHT = 220;
const STEPS_SHOWN = 12; // at least, of five minutes

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const font = () => `12px ${getComputedStyle(document.body).fontFamily}`;

function axis(more) {
  const stroke = colour("--soft");
  return { stroke, font: font(), grid: { stroke: colour("--line"), width: 1 }, ticks: { show: false }, ...more };
}

/** A chart in `place`, made anew each time: it is small, and theme and width may have changed. */
class Chart {
  constructor(place) {
    this.place = byId(place);
    this.drawn = null;
    this.latest = null;
    new ResizeObserver(([entry]) => {
      if (this.drawn && Math.abs(entry.contentRect.width - this.drawn.width) > 1) this.redraw();
    }).observe(this.place);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.redraw());
  }

  redraw() {
    if (this.latest) this.draw(...this.latest);
  }

  draw(options, data, label) {
    this.latest = [options, data, label];
    this.drawn?.destroy();
    this.place.setAttribute("aria-label", label);
    const width = this.place.clientWidth;
    this.drawn = new uPlot({ width, height: HEIGHT, legend: { show: false }, ...options() }, data, this.place);
  }

  clear() {
    this.drawn?.destroy();
    this.drawn = this.latest = null;
  }
}

const latencyChart = new Chart("latency-chart");
const LINES = [["p99_ms", "--p99", "99 %"], ["p95_ms", "--p95", "95 %"], ["p50_ms", "--p50", "50 %"]];

export function drawLatency(starts, stage, label) {
  ({ starts, stage } = sinceTheFirst(starts, stage));
  const data = [starts.map((at) => Date.parse(at) / 1000), ...LINES.map(([field]) => stage[field])];
  const line = ([, name]) => ({
    stroke: colour(name), width: 2, spanGaps: false,
    fill: name === "--p99" ? colour("--p99-under") : undefined,
    points: { show: true, size: 5, fill: colour(name) },
  });
  latencyChart.draw(
    () => ({
      scales: { y: { range: (_, __, most) => [0, Math.max(most * 1.1, 1)] } },
      axes: [
        axis({ size: 30, space: 60, values: (_, at) => at.map((s) => hourAndMinute(s)) }),
        axis({ size: 58, space: 34, values: (_, ms) => ms.map((each) => (each === 0 ? "0" : took(each))) }),
      ],
      series: [{}, ...LINES.map(line)],
      cursor: { y: false, drag: { x: false, y: false }, points: { size: 8 } },
      hooks: { setCursor: [(chart) => pointed(chart, starts, stage)] },
    }),
    data,
    label,
  );
  legend("latency-legend", LINES.map(([field, name, text]) => [name, text, field]));
}

/** Without the empty time before the first message, but at least an hour. */
function sinceTheFirst(starts, stage) {
  const first = stage.count.findIndex((count) => count > 0);
  const from = Math.max(0, Math.min(first, starts.length - STEPS_SHOWN));
  return {
    starts: starts.slice(from),
    stage: Object.fromEntries(Object.entries(stage).map(([field, each]) => [field, each.slice(from)])),
  };
}

export const clearLatency = () => {
  latencyChart.clear();
  byId("latency-legend").replaceChildren();
};

const hourAndMinute = (seconds) => new Date(seconds * 1000).toTimeString().slice(0, 5);

/** The figures under the finger go into the legend. */
function pointed(chart, starts, stage) {
  const index = chart.cursor.idx;
  for (const [field] of LINES) {
    const shown = document.querySelector(`#latency-legend [data-field="${field}"]`);
    const value = index === null || index === undefined ? null : stage[field][index];
    if (shown) shown.textContent = value === null ? "" : took(value);
  }
}

const demandChart = new Chart("demand-chart");
export const REASONS = [
  "no_resource", "pacing", "held", "party_too_large", "closed", "too_late", "lead_time", "too_far", "party_too_small",
];

/** Bars on top of each other: one for each hour, one colour for each reason. */
export function drawDemand(hours, label) {
  const reasons = REASONS.filter((reason) => hours.some((each) => each.reasons[reason]));
  let under = hours.map(() => 0);
  const heights = reasons.map((reason) => (under = under.map((height, i) => height + (hours[i].reasons[reason] ?? 0))));
  const most = Math.max(...under);
  const bars = uPlot.paths.bars({ size: [0.7, 44], radius: 0.12 });
  demandChart.draw(
    () => ({
      scales: { x: { time: false, range: [-0.6, hours.length - 0.4] }, y: { range: [0, Math.max(most * 1.12, 4)] } },
      axes: [
        axis({ size: 30, grid: { show: false }, splits: (chart) => everyFew(hours.length, chart.width), values: (_, at) => at.map((i) => hourName(hours[i].hour)) }),
        axis({ size: 34, space: 34, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000] }),
      ],
      // The tallest first, so that each is drawn over the one above it.
      series: [{}, ...reasons.map((reason) => ({ fill: colour(`--${reason}`), width: 0, paths: bars, points: { show: false } })).reverse()],
      cursor: { show: false },
    }),
    [hours.map((_, i) => i), ...heights.toReversed()],
    label,
  );
  legend("demand-legend", reasons.map((reason) => [`--${reason}`, say(`reason.${reason}`)]));
}

/** The places on the axis that have room for a name. */
function everyFew(count, width) {
  const step = Math.ceil((count * 26) / width);
  return Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
}

export const clearDemand = () => {
  demandChart.clear();
  byId("demand-legend").replaceChildren();
};

export const hourName = (hour) => (hour === null || hour === undefined ? say("demand.any") : `${String(hour).padStart(2, "0")}`);

function legend(place, entries) {
  byId(place).replaceChildren(...entries.map(([name, text, field]) => {
    const mark = make("i", { ariaHidden: "true" });
    mark.style.setProperty("--mark", `var(${name})`);
    const value = make("b", {});
    if (field) value.dataset.field = field;
    return make("li", {}, mark, text, field ? value : null);
  }));
}
