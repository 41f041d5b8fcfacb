// The floor of a day: resources down, time across. Bookings are moved by dragging or with the keys.

import { el, say } from "./dom.js";
import { clock, later, minutes } from "./time.js";
import { words } from "./words.js";

// A table is taken for an hour and more, a chair for half of one: names shall be read in both.
const LEAST_PX_PER_MIN = { tables: 1.55, chairs: 3 };
const LONG_PRESS_MS = 350;
const DRAG_PX = 5;
// A party that is confirmed and not seated so long after its start stands out.
const LATE_MS = 10 * 60000;
// What rows may grow to where the floor is small and the screen is not.
const TALLEST_ROW_PX = 60;

export const SIGNS = { confirming: "…", received: "…", confirmed: "", seated: "●", completed: "✓", cancelled: "✕", no_show: "✕" };
const MOVABLE = new Set(["confirming", "received", "confirmed"]);

export const groupOf = (resource) => (resource.kind === "table" ? resource.area : resource.kind);
export const groupName = (group) => words[group] ?? group;

/** What a booking would occupy in another lane; null where a booking of its kind cannot go. */
export function placesIn(day, booking, lane) {
  if (booking.resources.includes(lane.id)) return booking.resources;
  const kind = new Map(day.resources.map((each) => [each.id, each.kind]));
  if (!booking.resources.some((id) => kind.get(id) === lane.kind)) return null;
  return [...booking.resources.filter((id) => kind.get(id) !== lane.kind), lane.id];
}

/** Rows within a lane, so that what overlaps lies side by side: block by block its row, and how many there are. */
function rowsOf(blocks) {
  const ends = [];
  const rows = new Map();
  for (const block of [...blocks].sort((a, b) => a.from - b.from)) {
    let row = ends.findIndex((end) => end <= block.from);
    if (row < 0) row = ends.length;
    ends[row] = block.to;
    rows.set(block, row);
  }
  return { rows, count: Math.max(1, ends.length) };
}

export class Timeline {
  /** `open(booking)`, `move(booking, from, resources)` which answers whether it was done, `begin(from, lane)`. */
  constructor(root, { open, move, begin }) {
    this.root = root;
    this.open = open;
    this.move = move;
    this.begin = begin;
    this.day = null;
    this.moving = null;
    this.focused = "";
    new ResizeObserver(() => this.#fit()).observe(root);
  }

  show(day) {
    this.waiting = this.moving ? day : null;
    if (this.moving) return;
    const isOther = this.day?.date !== day.date || this.day?.venue !== day.venue;
    const before = this.scroller && { left: this.scroller.scrollLeft, top: this.scroller.scrollTop };
    const hadFocus = this.root.contains(document.activeElement);
    this.day = day;
    this.lanes = this.#grouped(day);
    this.scroller = el("div", { class: "scroller" });
    this.nowLine = el("div", { class: "now", "aria-hidden": true });
    this.canvas = el("div", { class: "canvas", vars: { "--span": minutes(day.from, day.to), "--bars": 1 + new Set(day.pacing.map((each) => each.rule)).size } }, this.#axis(), this.#shut(), this.nowLine);
    let group = null;
    this.tracks = new Map();
    for (const lane of this.lanes) {
      if (groupOf(lane) !== group) {
        group = groupOf(lane);
        if (group) this.canvas.append(el("h2", { class: "group" }, el("span", {}, groupName(group))));
      }
      this.canvas.append(this.#lane(lane));
    }
    this.scroller.append(this.canvas);
    this.root.replaceChildren(this.scroller);
    this.#fit();
    this.tick(day.clockNow());
    if (isOther || !before) this.#toNow();
    else this.scroller.scrollTo(before.left, before.top);
    this.#rove();
    if (hadFocus) this.#block(this.focused)?.focus({ preventScroll: true });
  }

  /** Move the line of now, and count holds down. */
  tick(now) {
    if (!this.day) return;
    const { from, to } = this.day;
    this.nowLine.hidden = now < from || now > to;
    this.nowLine.style.setProperty("--from", minutes(from, now));
    for (const hold of this.root.querySelectorAll(".hold")) {
      const left = Math.max(0, Math.round((Number(hold.dataset.expires) - now) / 1000));
      hold.querySelector("small").textContent = `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}`;
      if (!left) hold.remove();
    }
    for (const block of this.root.querySelectorAll(".block.confirmed")) {
      block.classList.toggle("late", Number(block.dataset.from) + LATE_MS < now);
    }
  }

  /** Dim what a search does not mean; null means everything. */
  find(codes) {
    for (const block of this.root.querySelectorAll(".block")) {
      block.classList.toggle("dim", codes !== null && !codes.has(block.dataset.code));
      block.classList.toggle("found", codes !== null && codes.has(block.dataset.code));
    }
    if (codes?.size) this.root.querySelector(".block.found")?.scrollIntoView({ block: "nearest", inline: "center" });
  }

  focusOn(code) {
    const block = this.#block(code);
    if (block) { this.#rove(block); block.focus(); }
  }

  // --- drawing -------------------------------------------------------------------------------

  #grouped(day) {
    const groups = [...new Set(day.resources.map(groupOf))];
    return groups.flatMap((group) => day.resources.filter((each) => groupOf(each) === group));
  }

  #fit() {
    if (!this.day || !this.scroller) return;
    const room = this.scroller.clientWidth - this.canvas.querySelector(".corner").offsetWidth - 2;
    this.scale = Math.max(LEAST_PX_PER_MIN[this.day.usesTables ? "tables" : "chairs"], room / minutes(this.day.from, this.day.to));
    this.canvas.style.setProperty("--m", `${this.scale}px`);
    this.canvas.classList.toggle("roomy", this.scale * 30 > 62);
    const rows = this.canvas.querySelectorAll(".lane");
    const count = [...rows].reduce((sum, lane) => sum + Number(lane.style.getPropertyValue("--rows")), 0);
    this.canvas.style.removeProperty("--row");
    const spare = this.root.clientHeight - this.canvas.offsetHeight - 18;
    const height = rows[0] ? rows[0].offsetHeight / Number(rows[0].style.getPropertyValue("--rows")) : 0;
    if (spare > 0 && height) this.canvas.style.setProperty("--row", `${Math.min(TALLEST_ROW_PX, height + spare / count)}px`);
  }

  #toNow() {
    const { from, to, clockNow, bookings } = this.day;
    const now = clockNow();
    const first = bookings.find((each) => each.isShown);
    const target = now >= from && now <= to ? now - 45 * 60000 : first ? first.from - 15 * 60000 : from;
    this.scroller.scrollTo(Math.max(0, minutes(from, target) * this.scale), 0);
  }

  #place(from, to) {
    return { "--from": minutes(this.day.from, from), "--len": minutes(from, to) };
  }

  #axis() {
    const { from, to, zone } = this.day;
    const hours = [];
    for (let hour = from; hour < to; hour += 3600000) {
      hours.push(el("span", { class: "hour", vars: this.#place(hour, hour + 3600000) }, clock(hour, zone)));
    }
    return el("div", { class: "axis" },
      el("div", { class: "corner" }, this.day.pacing.length ? el("span", {}, words.pacing) : null),
      el("div", { class: "hours", "aria-hidden": true }, hours),
      this.#pacing());
  }

  #pacing() {
    const { pacing, zone } = this.day;
    if (!pacing.length) return null;
    const rules = [...new Set(pacing.map((each) => each.rule))];
    return rules.map((rule) => el("ul", { class: "pacing", "aria-label": words.pacing },
      pacing.filter((each) => each.rule === rule).map((each) => {
        const share = Math.max(each.max_covers ? each.covers / each.max_covers : 0, each.max_parties ? each.parties / each.max_parties : 0);
        const text = words.pacingOf(each.covers, each.max_covers, each.parties, each.max_parties);
        return el("li", {
          class: share >= 1 ? "full" : share >= 0.75 ? "near" : "",
          vars: { ...this.#place(each.from, each.to), "--share": Math.min(1, share) },
          title: `${clock(each.from, zone)}–${clock(each.to, zone)}: ${text}`,
        }, el("span", { class: "unseen" }, `${clock(each.from, zone)}: ${text}`), el("span", { class: "figure", "aria-hidden": true }, each.covers ? `${each.covers}` : "", each.covers && each.max_covers ? el("i", {}, `/${each.max_covers}`) : null));
      })));
  }

  /** The hours in which nothing is open, behind everything. */
  #shut() {
    const gaps = [];
    let reached = this.day.from;
    for (const each of [...this.day.openings].sort((a, b) => a.from - b.from)) {
      if (each.from > reached) gaps.push([reached, each.from]);
      reached = Math.max(reached, each.to);
    }
    if (reached < this.day.to) gaps.push([reached, this.day.to]);
    return gaps.map(([from, to]) => el("div", { class: "shut", vars: this.#place(from, to), title: words.closedDay }));
  }

  #lane(lane) {
    const { day } = this;
    const blocks = day.bookings.filter((each) => each.isShown && each.resources.includes(lane.id));
    const { rows, count } = rowsOf(blocks);
    const track = el("ul", {
      class: "track", "aria-labelledby": `lane-${lane.id}`, dataset: { lane: lane.id },
      on: { click: (event) => { if (event.target === track) this.#begin(event, lane); } },
    },
    day.away.filter((each) => each.resource === lane.id).map((each) => this.#plain("away", each, words.away)),
    day.buffers.filter((each) => each.resource === lane.id).map((each) => this.#plain("buffer", each, words.buffer)),
    day.holds.filter((each) => each.resources.includes(lane.id)).map((each) => this.#hold(each)),
    blocks.map((each) => el("li", {}, this.#booking(each, lane, rows.get(each)))));
    this.tracks.set(lane.id, track);
    return el("div", { class: "lane", vars: { "--rows": count } },
      el("h3", { class: "head", id: `lane-${lane.id}` },
        el("span", {}, lane.name),
        lane.kind === "table" ? el("small", { title: words.covers(lane.max_covers) }, words.seats(lane.min_covers, lane.max_covers)) : null),
      track);
  }

  #plain(kind, each, title) {
    return el("li", { class: kind, vars: this.#place(each.from, each.to), title, "aria-hidden": true });
  }

  #hold(hold) {
    return el("li", { class: "hold", vars: this.#place(hold.from, hold.to), dataset: { expires: hold.expires } },
      el("span", {}, `${words.offering}${hold.covers ? ` · ${hold.covers}` : ""}`), el("small", {}));
  }

  #booking(booking, lane, row) {
    const { zone } = this.day;
    const name = booking.guest_name || words.noName;
    const block = el("button", {
      type: "button",
      class: `block ${booking.status}`,
      tabindex: "-1",
      dataset: { code: booking.code, lane: lane.id, from: booking.from },
      vars: { ...this.#place(booking.from, booking.to), "--place": row },
      "aria-describedby": "help",
      "aria-label": [
        `${clock(booking.from, zone)}–${clock(booking.to, zone)}`, name, words.covers(booking.party_size),
        booking.resources.map((id) => this.day.nameOf(id)).join(" + "), words.status[booking.status],
        booking.notes ? words.withNotes : "",
      ].filter(Boolean).join(", "),
      title: booking.notes || undefined,
      on: {
        click: () => { if (!this.dragged) this.open(booking); },
        keydown: (event) => this.#key(event, booking, lane),
        focus: () => { this.focused = `${booking.code} ${lane.id}`; },
        pointerdown: (event) => { if (MOVABLE.has(booking.status)) this.#press(event, block, booking, lane); },
      },
    },
    el("span", { class: "who" }, SIGNS[booking.status] ? el("i", { class: "sign", "aria-hidden": true }, SIGNS[booking.status]) : null,
      el("b", {}, name), booking.notes ? el("i", { class: "note", "aria-hidden": true }, "✎") : null),
    el("span", { class: "when" }, this.day.usesTables ? [el("b", {}, String(booking.party_size)), " · "] : null, clock(booking.from, zone)));
    return block;
  }

  // --- keys ----------------------------------------------------------------------------------

  #block(key) {
    const [code, lane] = key.split(" ");
    return this.root.querySelector(`.block[data-code="${code}"]${lane ? `[data-lane="${CSS.escape(lane)}"]` : ""}`)
      ?? this.root.querySelector(`.block[data-code="${code}"]`);
  }

  /** One block of them all is reached with Tab; the arrows reach the rest. */
  #rove(to) {
    const chosen = to || (this.focused && this.#block(this.focused)) || this.root.querySelector(".block");
    for (const block of this.root.querySelectorAll('.block[tabindex="0"]')) block.tabIndex = -1;
    if (chosen) chosen.tabIndex = 0;
    // Without a booking to go to, the floor itself is what the keys scroll.
    else this.scroller.tabIndex = 0;
  }

  #key(event, booking, lane) {
    if (this.moving) return this.#keyMove(event);
    if (event.key.toLowerCase() === "m" && !event.ctrlKey && !event.metaKey && !event.altKey) {
      event.preventDefault();
      return this.moveWithKeys(booking, lane);
    }
    const next = this.#next(event, event.currentTarget, lane);
    if (!next) return undefined;
    event.preventDefault();
    this.#rove(next);
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
    return undefined;
  }

  #next(event, block, lane) {
    const mine = [...this.tracks.get(lane.id).querySelectorAll(".block")].sort((a, b) => this.#fromOf(a) - this.#fromOf(b));
    const place = mine.indexOf(block);
    switch (event.key) {
      case "ArrowRight": return mine[place + 1];
      case "ArrowLeft": return mine[place - 1];
      case "Home": return mine[0];
      case "End": return mine.at(-1);
      case "ArrowDown": return this.#beside(block, lane, 1);
      case "ArrowUp": return this.#beside(block, lane, -1);
      default: return undefined;
    }
  }

  #fromOf(block) { return Number(block.dataset.from); }

  #beside(block, lane, step) {
    for (let place = this.lanes.indexOf(lane) + step; this.lanes[place]; place += step) {
      const there = [...this.tracks.get(this.lanes[place].id).querySelectorAll(".block")];
      if (there.length) {
        const distance = (other) => Math.abs(this.#fromOf(other) - this.#fromOf(block));
        return there.reduce((best, other) => (distance(other) < distance(best) ? other : best));
      }
    }
    return undefined;
  }

  /** Move a booking with the arrows: a step of the grid across, a lane down or up. */
  moveWithKeys(booking, lane = this.lanes.find((each) => booking.resources.includes(each.id))) {
    if (!MOVABLE.has(booking.status) || !lane) return;
    this.focusOn(`${booking.code} ${lane.id}`);
    this.#take(booking, lane);
    say(words.movingStart);
    const leave = () => this.#drop(false);
    this.#block(`${booking.code} ${lane.id}`)?.addEventListener("blur", leave, { once: true });
    this.moving.unhear = () => this.#block(`${booking.code} ${lane.id}`)?.removeEventListener("blur", leave);
  }

  #keyMove(event) {
    const { booking, from, lane, step } = this.moving;
    const place = this.lanes.indexOf(lane);
    const to = {
      ArrowRight: () => [later(from, step), lane],
      ArrowLeft: () => [later(from, -step), lane],
      ArrowDown: () => [from, this.#free(place, 1, booking) ?? lane],
      ArrowUp: () => [from, this.#free(place, -1, booking) ?? lane],
    }[event.key];
    if (to) {
      event.preventDefault();
      this.#carry(...to());
      say(words.moving(this.#where()));
    } else if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      this.#drop(true);
    } else if (event.key === "Escape") {
      event.preventDefault();
      event.stopPropagation();
      this.#drop(false);
      say(words.leftIt);
    } else if (event.key !== "Tab") event.preventDefault();
  }

  /** The next lane that this kind of booking can lie in. */
  #free(place, step, booking) {
    let next = place + step;
    while (this.lanes[next] && !placesIn(this.day, booking, this.lanes[next])) next += step;
    return this.lanes[next];
  }

  // --- dragging ------------------------------------------------------------------------------

  #press(event, block, booking, lane) {
    if (event.button !== 0 || this.moving) return;
    this.dragged = false;
    const start = { x: event.clientX, y: event.clientY, left: this.scroller.scrollLeft };
    const isTouch = event.pointerType === "touch";
    let timer = 0;
    const begin = () => {
      this.dragged = true;
      this.#take(booking, lane);
      block.setPointerCapture?.(event.pointerId);
    };
    const still = (touch) => { if (this.moving) touch.preventDefault(); };
    const onMove = (moved) => {
      const far = Math.hypot(moved.clientX - start.x, moved.clientY - start.y) > DRAG_PX;
      if (!this.moving) {
        if (isTouch && far) return end();
        if (isTouch || !far) return undefined;
        begin();
      }
      const across = moved.clientX - start.x + this.scroller.scrollLeft - start.left;
      const steps = Math.round(across / this.scale / this.moving.step);
      this.#carry(later(booking.from, steps * this.moving.step), this.#laneAt(moved.clientY) ?? this.moving.lane);
      this.#edge(moved);
      return undefined;
    };
    const end = () => {
      clearTimeout(timer);
      block.removeEventListener("pointermove", onMove);
      block.removeEventListener("touchmove", still);
      for (const name of ["pointerup", "pointercancel"]) block.removeEventListener(name, onEnd);
      document.removeEventListener("keydown", onEscape, true);
    };
    const onEnd = (ended) => {
      end();
      if (this.moving) this.#drop(ended.type === "pointerup");
      setTimeout(() => { this.dragged = false; });
    };
    const onEscape = (pressed) => {
      if (pressed.key !== "Escape" || !this.moving) return;
      pressed.stopPropagation();
      end();
      this.#drop(false);
    };
    if (isTouch) timer = setTimeout(begin, LONG_PRESS_MS);
    block.addEventListener("pointermove", onMove);
    block.addEventListener("touchmove", still, { passive: false });
    for (const name of ["pointerup", "pointercancel"]) block.addEventListener(name, onEnd);
    document.addEventListener("keydown", onEscape, true);
  }

  #laneAt(y) {
    return this.lanes.find((lane) => {
      const { top, bottom } = this.tracks.get(lane.id).getBoundingClientRect();
      return y >= top && y < bottom;
    });
  }

  /** Follow a block that is dragged to the edge. */
  #edge({ clientX, clientY }) {
    const { left, right, top, bottom } = this.scroller.getBoundingClientRect();
    if (clientX > right - 30) this.scroller.scrollLeft += 12;
    else if (clientX < left + 130) this.scroller.scrollLeft -= 12;
    if (clientY > bottom - 20) this.scroller.scrollTop += 12;
    else if (clientY < top + 70) this.scroller.scrollTop -= 12;
  }

  // --- carrying a booking --------------------------------------------------------------------

  #take(booking, lane) {
    const step = this.day.services.find((each) => each.id === booking.service)?.step_min ?? 15;
    this.ghost = el("li", { class: "ghost", "aria-hidden": true }, el("b", {}), el("span", {}));
    this.moving = { booking, lane, step, from: booking.from };
    for (const block of this.root.querySelectorAll(`.block[data-code="${booking.code}"]`)) block.classList.add("lifted");
    this.root.classList.add("carrying");
    this.#carry(booking.from, lane);
  }

  #carry(from, lane) {
    const { booking } = this.moving;
    Object.assign(this.moving, { from, lane, resources: placesIn(this.day, booking, lane) });
    const to = from + booking.to - booking.from;
    for (const [name, value] of Object.entries(this.#place(from, to))) this.ghost.style.setProperty(name, value);
    const [where, note] = this.ghost.children;
    where.textContent = this.#where();
    const isTaken = this.moving.resources === null || this.#overlaps(from, to, this.moving.resources, booking);
    note.textContent = isTaken ? words.looksTaken : "";
    this.ghost.classList.toggle("clash", isTaken);
    if (this.ghost.parentElement !== this.tracks.get(lane.id)) this.tracks.get(lane.id).append(this.ghost);
    if (this.moving.unhear) this.ghost.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #where() {
    const { from, lane } = this.moving;
    return `${clock(from, this.day.zone)} · ${lane.name}`;
  }

  /** What this screen knows of: the engine alone decides. */
  #overlaps(from, to, resources, booking) {
    return this.day.bookings.some((other) => other.isLive && other.code !== booking.code
      && other.from < to && from < other.to && other.resources.some((id) => resources.includes(id)));
  }

  async #drop(wanted) {
    const { booking, from, resources, unhear } = this.moving;
    unhear?.();
    const isSame = from === booking.from && String(resources) === String(booking.resources);
    if (wanted && !isSame) {
      this.ghost.classList.add("waiting");
      await this.move(booking, from, resources);
    }
    this.ghost.remove();
    this.root.classList.remove("carrying");
    for (const block of this.root.querySelectorAll(".lifted")) block.classList.remove("lifted");
    this.moving = null;
    if (this.waiting) this.show(this.waiting);
  }

  #begin(event, lane) {
    const offset = (event.clientX - this.tracks.get(lane.id).getBoundingClientRect().left) / this.scale;
    const service = this.day.openings.find((each) => {
      const instant = later(this.day.from, offset);
      return each.from <= instant && instant < each.to;
    });
    if (!service) return;
    const step = this.day.services.find((each) => each.id === service.service).step_min;
    const since = Math.floor(minutes(service.from, later(this.day.from, offset)) / step) * step;
    this.begin(later(service.from, since), lane);
  }
}
