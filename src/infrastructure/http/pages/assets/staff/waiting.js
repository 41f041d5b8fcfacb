// The waitlist of the day: who waits, who is offered a place, and who is put on it or given one by staff.

import { call, get } from "./api.js";
import { el, redraw, say, toast } from "./dom.js";
import { at, clock, stamp } from "./time.js";
import { language, reason, words } from "./words.js";

const WAITS = new Set(["waiting", "offered"]);
/** Whoever waits for so many hours of a day waits for all of it. */
const WHOLE_DAY_MS = 20 * 3600000;

export class Waiting {
  constructor(panel) {
    this.panel = panel;
    this.app = panel.app;
  }

  get count() {
    return this.app.waitlist.filter((each) => WAITS.has(each.status)).length;
  }

  open() {
    this.list = el("div", { class: "stack" });
    this.drawn = "";
    this.panel.show({ refresh: () => this.#refresh() }, words.waitlistTitle,
      el("div", { class: "actions" }, el("button", { type: "button", class: "main", on: { click: () => this.#add() } }, words.addToWaitlist)),
      this.list);
    this.#refresh();
  }

  #refresh() {
    const { day, waitlist } = this.app;
    const now = JSON.stringify([day.date, waitlist, language]);
    if (now === this.drawn) return;
    this.drawn = now;
    const waiting = waitlist.filter((each) => WAITS.has(each.status));
    const over = waitlist.filter((each) => !WAITS.has(each.status));
    redraw(this.list, [
      ...(waiting.length ? waiting.map((each) => this.#entry(each)) : [el("p", { class: "empty" }, words.nobodyWaits(day.longDate))]),
      over.length ? el("h3", { class: "part" }, words.noLonger) : null,
      ...over.map((each) => this.#entry(each)),
    ]);
  }

  #entry(entry) {
    const { day } = this.app;
    const waits = WAITS.has(entry.status);
    const isOffered = entry.status === "offered";
    const place = entry.offer && `${clock(at(entry.offer.start), day.zone)} · ${entry.offer.resources.map(day.nameOf).join(" + ")}`;
    return el("article", { class: `waiting ${entry.status}`, dataset: { id: entry.id } },
      el("h3", {}, entry.guest_name || words.noName, el("span", { class: `pill ${isOffered ? "received" : waits ? "confirmed" : "completed"}` }, words.waitStatus[entry.status])),
      el("p", {}, `${words.covers(entry.party_size)} · ${hours(entry, day)}`),
      isOffered ? el("p", { class: "offered" }, words.offeredUntil(place, clock(at(entry.offer.expires_at), day.zone))) : null,
      entry.notes ? el("blockquote", {}, entry.notes) : null,
      el("p", { class: "soft" }, words.joined(words.channel[entry.channel] ?? entry.channel, clock(at(entry.created_at), day.zone)),
        entry.guest_phone ? [" · ", el("a", { href: `tel:${entry.guest_phone}` }, entry.guest_phone)] : null),
      entry.status === "booked" || entry.status === "removed" ? null : el("div", { class: "actions" },
        isOffered ? null : el("button", { type: "button", class: "main", on: { click: (event) => this.#offer(entry, event.currentTarget) } }, words.offerNow),
        el("button", { type: "button", on: { click: (event) => (isOffered ? this.#bookOffered(entry, event.currentTarget) : this.#choose(entry)) } }, isOffered ? words.bookIt : words.bookAt),
        waits ? el("button", { type: "button", class: "danger", on: { click: (event) => this.#remove(entry, event.currentTarget) } }, words.takeOff) : null));
  }

  // --- doing ---------------------------------------------------------------------------------

  async #do(button, act) {
    button.disabled = true;
    try {
      await act();
    } catch (error) {
      if (error.status === undefined) throw error;
      toast(words.cannot(reason(error)), { kind: "bad" });
    } finally {
      button.disabled = false;
    }
    await this.app.reload();
  }

  #offer(entry, button) {
    return this.#do(button, async () => {
      const offered = await call("POST", `/waitlist/${entry.id}/offer`, {});
      say(words.offeredTo(entry.guest_name, clock(at(offered.offer.start), this.app.day.zone)));
    });
  }

  #remove(entry, button) {
    return this.#do(button, async () => {
      await call("DELETE", `/waitlist/${entry.id}`);
      say(words.takenOff(entry.guest_name));
    });
  }

  #bookOffered(entry, button) {
    return this.#do(button, async () => this.#booked(await call("POST", `/waitlist/${entry.id}/book`, {})));
  }

  #booked(made) {
    const { day } = this.app;
    toast(words.booked(`${clock(at(made.start), day.zone)} · ${made.resources.map(day.nameOf).join(" + ")} · ${made.code}`), { kind: "good" });
  }

  // --- forms ---------------------------------------------------------------------------------

  /** At which time: what is free on that day for so many, and any other that staff type in. */
  #choose(entry) {
    const { day } = this.app;
    const free = el("div", { class: "free" });
    const form = this.panel.form([
      el("p", {}, `${words.covers(entry.party_size)} · ${hours(entry, day)}`),
      this.panel.field("time", words.time, { type: "time", required: true }), free,
    ], words.book, async (sent) => {
      const body = { start: stamp(this.app.instant(sent.time.value)) };
      this.#booked(await call("POST", `/waitlist/${entry.id}/book`, body));
      await this.app.reload();
      this.open();
    });
    this.panel.show("book", entry.guest_name || words.noName, this.#back(), form);
    form.time.focus();
    this.#showFree(entry, form, free);
  }

  async #showFree(entry, form, box) {
    const { day, venue } = this.app;
    const query = new URLSearchParams({ date: entry.date, party_size: entry.party_size });
    if (entry.service) query.set("service", entry.service);
    const slots = await get(`/venues/${venue.id}/availability?${query}`).then((found) => found.slots, () => []);
    const times = [...new Set(slots.map((slot) => clock(at(slot.start), day.zone)))];
    box.replaceChildren(
      el("span", { class: "label" }, times.length ? words.freeTimes : words.noFreeTimes),
      el("div", { class: "chips" }, times.map((time) => el("button", { type: "button", class: "chip", on: { click: () => { form.time.value = time; say(time); } } }, time))));
  }

  #add() {
    const { day, venue } = this.app;
    const form = this.panel.form([
      this.panel.field("guest_name", words.name, { required: true, maxlength: 200 }),
      this.panel.field("guest_phone", words.phone, { type: "tel", maxlength: 40 }),
      this.panel.field("party_size", words.party, { type: "number", min: 1, max: 1000, required: true, value: day.usesTables ? 2 : 1, inputmode: "numeric" }),
      day.usesTables ? [] : this.panel.services(),
      this.panel.field("first", words.earliest, { type: "time" }),
      this.panel.field("last", words.latest, { type: "time" }),
      this.panel.field("notes", words.notes, { tag: "textarea", rows: 2, maxlength: 2000 }),
    ], words.addToWaitlist, async (sent, keyOf) => {
      const body = {
        date: day.date, party_size: Number(sent.party_size.value), guest_name: sent.guest_name.value.trim(),
        guest_phone: sent.guest_phone.value.trim(), notes: sent.notes.value.trim(),
        ...(sent.first.value ? { from: sent.first.value } : {}), ...(sent.last.value ? { to: sent.last.value } : {}),
        ...(sent.service?.value ? { service: sent.service.value } : {}),
      };
      await call("POST", `/venues/${venue.id}/waitlist`, body, keyOf(body));
      say(words.added(body.guest_name));
      await this.app.reload();
      this.open();
    });
    this.panel.show("wait", words.addToWaitlist, this.#back(), form);
    form.guest_name.focus();
  }

  #back() {
    return el("button", { type: "button", class: "quiet back", on: { click: () => this.open() } }, `‹ ${words.waitlistTitle}`);
  }
}

function hours({ from, to }, { zone }) {
  if (at(to) - at(from) > WHOLE_DAY_MS) return words.anyTime;
  return words.between(clock(at(from), zone), clock(at(to), zone));
}
