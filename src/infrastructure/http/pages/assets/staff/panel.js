// The panel at the side: a booking, a new one, a walk-in; it is the frame of conflicts, talks and the waitlist too.

import { call, get } from "./api.js";
import { byId, el, onceKey, say, toast } from "./dom.js";
import { pill } from "./list.js";
import { at, clock, later, minutes, moment, shortDay, stamp } from "./time.js";
import { language, reason, words } from "./words.js";

const ACTIONS = {
  confirming: ["cancelled"], received: ["cancelled"],
  confirmed: ["seated", "no_show", "cancelled"], seated: ["completed", "confirmed"],
  no_show: ["seated", "confirmed"], completed: [], cancelled: [],
};
const EDITABLE = new Set(["confirming", "received", "confirmed"]);

export class Panel {
  /** `app`: `day`, `venue`, `instant(wall)`, `reload()`, `goTo(day)`, `setStatus(booking, status)`, `find(code)`, `timeline`. */
  constructor(app) {
    this.app = app;
    this.box = byId("panel");
    this.box.addEventListener("click", (event) => { if (event.target === this.box) this.box.close(); });
    this.box.addEventListener("close", () => { this.shown = null; });
  }

  /** What is open is drawn again when the day has changed; a form that somebody fills in is left alone. */
  refresh() {
    if (this.shown?.code) {
      const booking = this.app.find(this.shown.code);
      if (booking && booking.version !== this.shown.version) this.booking(booking);
    } else if (!this.shown?.isThread) this.shown?.refresh?.();
  }

  /** A conversation is read for itself: words are said in it that no list shows. */
  refreshTalk() {
    if (this.shown?.isThread) this.shown.refresh();
  }

  /** Open the panel on something. `shown`: a booking, or what has a `refresh` to be drawn again. */
  show(shown, title, ...content) {
    this.shown = shown;
    this.box.replaceChildren(
      el("header", {}, el("h2", { id: "panel-title" }, title),
        el("button", { type: "button", class: "icon quiet", "aria-label": words.close, on: { click: () => this.box.close() } }, "×")),
      el("div", { class: "content" }, content));
    if (!this.box.open) this.box.showModal();
  }

  // --- a booking -----------------------------------------------------------------------------

  booking(booking) {
    const { day, venue } = this.app;
    const fact = (name, value) => (value ? [el("dt", {}, name), el("dd", {}, value)] : []);
    const service = day.services.find((each) => each.id === booking.service);
    this.show(booking, booking.guest_name || words.noName,
      el("p", { class: "lead" },
        el("b", {}, `${clock(booking.from, day.zone)}–${clock(booking.to, day.zone)}`),
        ` · ${words.covers(booking.party_size)} · ${booking.resources.map(day.nameOf).join(" + ")} `, pill(booking.status)),
      booking.notes ? el("blockquote", {}, booking.notes) : null,
      el("div", { class: "actions" }, this.#actions(booking)),
      el("dl", {},
        fact(words.phone, booking.guest_phone && el("a", { href: `tel:${booking.guest_phone}` }, booking.guest_phone)),
        fact(words.email, booking.guest_email && el("a", { href: `mailto:${booking.guest_email}` }, booking.guest_email)),
        fact(words.service, service?.names[language] ?? service?.names[venue.languages[0]]),
        fact(words.code, el("code", {}, booking.code)),
        fact(words.from, words.channel[booking.channel] ?? booking.channel),
        fact(words.made, moment(at(booking.created_at), language, day.zone))));
  }

  #actions(booking) {
    const names = {
      seated: this.app.day.usesTables ? words.seat : words.seatPatient, completed: words.complete,
      no_show: words.noShow, confirmed: words.confirmAgain, cancelled: words.cancel,
    };
    const buttons = ACTIONS[booking.status].map((status, place) => el("button", {
      type: "button", class: status === "cancelled" ? "danger" : place ? "" : "main",
      on: { click: () => (status === "cancelled" ? this.#askToCancel(booking) : this.#setStatus(booking, status)) },
    }, names[status]));
    if (EDITABLE.has(booking.status)) {
      buttons.splice(-1, 0,
        el("button", { type: "button", on: { click: () => this.#edit(booking) } }, words.change),
        el("button", { type: "button", class: "wide-only", on: { click: () => this.#carry(booking) } }, words.move));
    }
    return buttons;
  }

  #carry(booking) {
    this.box.close();
    this.app.showFloor();
    this.app.timeline.moveWithKeys(booking);
  }

  async #setStatus(booking, status) {
    if (await this.app.setStatus(booking, status)) this.box.close();
  }

  #askToCancel(booking) {
    this.show(booking, booking.guest_name || words.noName,
      el("p", {}, words.sureCancel),
      el("div", { class: "actions" },
        el("button", { type: "button", class: "danger", on: { click: () => this.#setStatus(booking, "cancelled") } }, words.yesCancel),
        el("button", { type: "button", on: { click: () => this.booking(booking) } }, words.back)));
  }

  // --- forms ---------------------------------------------------------------------------------

  /** A field with its label; `props` as in `el`, and its `tag`. */
  field(name, label, props = {}) {
    const { tag = "input", ...rest } = props;
    return el("label", { class: `field ${name}` }, el("span", {}, label), el(tag, { name, autocomplete: "off", ...rest }));
  }

  #places(chosen) {
    const { day } = this.app;
    const first = day.services[0];
    return el("fieldset", { class: "places" }, el("legend", {}, day.usesTables ? words.table1 : words.place),
      el("label", { class: "chip" }, el("input", { type: "checkbox", name: "any", checked: !chosen.length, on: { change: (event) => {
        if (event.target.checked) for (const each of event.target.form.querySelectorAll('[name="place"]')) each.checked = false;
      } } }), el("span", {}, words.best)),
      day.resources.map((each) => el("label", { class: "chip", title: first ? words.covers(each.max_covers) : undefined },
        el("input", { type: "checkbox", name: "place", value: each.id, checked: chosen.includes(each.id), on: { change: (event) => { event.target.form.any.checked = !chosenPlaces(event.target.form).length; } } }),
        el("span", {}, each.name, each.kind === "table" ? el("small", {}, ` ${each.max_covers}`) : null))));
  }

  /** A form that sends once however often it is pressed, and says why not where it cannot be. */
  form(fields, button, send) {
    let sent = "";
    let key = "";
    const wrong = el("div", { class: "refusal", role: "alert", hidden: true });
    const form = el("form", { novalidate: true }, fields, wrong, el("div", { class: "actions" }, el("button", { class: "main" }, button)));
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      if (!form.reportValidity()) return;
      const submit = form.querySelector(".main");
      submit.disabled = true;
      wrong.hidden = true;
      try {
        await send(form, (body) => {
          const text = JSON.stringify(body);
          if (text !== sent) [sent, key] = [text, onceKey()];
          return key;
        });
      } catch (error) {
        this.#refuse(wrong, error, form);
      } finally {
        submit.disabled = false;
      }
    });
    return form;
  }

  #refuse(box, error, form) {
    if (error.status === undefined) throw error;
    const { day } = this.app;
    const near = error.problem.alternatives ?? [];
    box.replaceChildren(el("p", {}, words.cannot(reason(error))),
      near.length ? el("p", {}, words.alternatives) : "",
      el("div", { class: "chips" }, near.map((slot) => {
        const start = at(slot.start);
        const slotDay = this.app.dayOf(start);
        return el("button", { type: "button", class: "chip", on: { click: () => {
          if (form.date) form.date.value = slotDay;
          if (form.time) form.time.value = clock(start, day.zone);
          for (const each of form.querySelectorAll('[name="place"]')) each.checked = slot.resources.includes(each.value);
          if (form.any) form.any.checked = false;
          form.requestSubmit();
        } } }, `${slotDay === day.date ? "" : `${shortDay(slotDay, language)} · `}${clock(start, day.zone)} · ${slot.resources.map(day.nameOf).join(" + ")}`);
      })));
    box.hidden = false;
    box.scrollIntoView({ block: "nearest" });
  }

  newBooking({ from, lane } = {}) {
    const { day } = this.app;
    const free = el("div", { class: "free" });
    const time = this.field("time", words.time, { type: "time", required: true, value: from ? clock(from, day.zone) : "" });
    const form = this.form([
      this.field("guest_name", words.name, { required: true, maxlength: 200 }),
      this.field("guest_phone", words.phone, { type: "tel", maxlength: 40 }),
      this.field("party_size", day.usesTables ? words.party : words.party, { type: "number", min: 1, max: 1000, required: true, value: day.usesTables ? 2 : 1, inputmode: "numeric" }),
      this.services(),
      this.field("date", words.day, { type: "date", required: true, value: day.date }),
      time, free,
      this.#places(lane ? [lane.id] : []),
      this.field("notes", words.notes, { tag: "textarea", rows: 2, maxlength: 2000 }),
    ], words.book, async (sent, keyOf) => {
      const body = {
        start: stamp(this.app.instant(sent.time.value, sent.date.value)),
        party_size: Number(sent.party_size.value), guest_name: sent.guest_name.value.trim(), guest_phone: sent.guest_phone.value.trim(),
        notes: sent.notes.value.trim(), resources: chosenPlaces(sent), ...(sent.service?.value ? { service: sent.service.value } : {}),
      };
      await this.#book(body, keyOf(body));
    });
    const look = this.#freeTimes(form, free);
    // While it is typed, not once the field is left: what leaves it may be a press on one of the times.
    for (const name of ["party_size", "date", "service"]) form[name]?.addEventListener("input", look);
    this.show("new", `${words.newBooking}`, form);
    form.guest_name.focus();
    look();
  }

  /** A house with one thing at a time needs no choice; a clinic has to say what for. */
  services() {
    const { day, venue } = this.app;
    if (day.usesTables) return [];
    return el("label", { class: "field service" }, el("span", {}, words.service),
      el("select", { name: "service" }, day.services.map((each) => el("option", { value: each.id }, each.names[language] ?? each.names[venue.languages[0]]))));
  }

  /** Draws in `box` what is free for what `form` holds. The last question's answer counts, and what is
   *  drawn already is left where it is, under somebody's finger as it may be. */
  #freeTimes(form, box) {
    const { day, venue } = this.app;
    const draw = (times) => {
      if (box.dataset.times === times.join()) return;
      box.dataset.times = times.join();
      box.replaceChildren(
        el("span", { class: "label" }, times.length ? words.freeTimes : words.noFreeTimes),
        el("div", { class: "chips" }, times.map((time) => el("button", { type: "button", class: "chip", on: { click: () => { form.time.value = time; say(time); } } }, time))));
    };
    const clear = () => {
      delete box.dataset.times;
      box.replaceChildren();
    };
    let asked = 0;
    return async () => {
      if (!form.date.validity.valid || !form.party_size.validity.valid) return;
      asked += 1;
      const mine = asked;
      const query = new URLSearchParams({ date: form.date.value, party_size: form.party_size.value });
      if (form.service?.value) query.set("service", form.service.value);
      box.setAttribute("aria-busy", "true");
      const slots = await get(`/venues/${venue.id}/availability?${query}`).then((found) => found.slots, () => null);
      if (mine !== asked) return;
      box.setAttribute("aria-busy", "false");
      if (slots) draw([...new Set(slots.map((slot) => clock(at(slot.start), day.zone)))]);
      else clear();
    };
  }

  walkIn() {
    const { day } = this.app;
    const parties = el("fieldset", { class: "parties" }, el("legend", {}, words.party),
      [1, 2, 3, 4, 5, 6, 7, 8].map((covers) => el("label", { class: "chip" },
        el("input", { type: "radio", name: "party_size", value: covers, checked: covers === 2 }), el("span", {}, String(covers)))));
    const form = this.form([
      parties,
      this.field("guest_name", words.name, { maxlength: 200 }),
      this.#places([]),
    ], words.seatNow, async (sent, keyOf) => {
      const body = {
        start: stamp(this.#walkInStart()), party_size: Number(sent.party_size.value), guest_name: sent.guest_name.value.trim(),
        resources: chosenPlaces(sent), walk_in: true,
      };
      const made = await this.#book(body, keyOf(body));
      await call("PATCH", `/bookings/${made.code}`, { status: "seated" }).catch(() => {});
      this.app.reload();
    });
    this.show("walk-in", words.walkInTitle, form);
  }

  /** The start on the grid that is running now: whoever walks in at 21:07 is counted from 21:00. */
  #walkInStart() {
    const { day } = this.app;
    const now = day.clockNow();
    const open = day.openings.find((each) => each.from <= now && now < each.to);
    if (!open) return Math.floor(now / 300000) * 300000;
    const step = day.services.find((each) => each.id === open.service).step_min;
    return later(open.from, Math.floor(minutes(open.from, now) / step) * step);
  }

  async #book(body, key) {
    const made = await call("POST", `/venues/${this.app.venue.id}/bookings`, body, key);
    this.box.close();
    toast(words.booked(`${clock(at(made.start), this.app.day.zone)} · ${made.resources.map(this.app.day.nameOf).join(" + ")} · ${made.code}`), { kind: "good" });
    await this.app.reload();
    return made;
  }

  #edit(booking) {
    const { day } = this.app;
    const form = this.form([
      this.field("time", words.time, { type: "time", required: true, value: clock(booking.from, day.zone) }),
      this.field("party_size", words.party, { type: "number", min: 1, max: 1000, required: true, value: booking.party_size }),
      this.#places(booking.resources),
      this.field("guest_name", words.name, { maxlength: 200, value: booking.guest_name }),
      this.field("guest_phone", words.phone, { type: "tel", maxlength: 40, value: booking.guest_phone }),
      this.field("notes", words.notes, { tag: "textarea", rows: 3, maxlength: 2000, value: booking.notes }),
    ], words.save, async (sent, keyOf) => {
      const start = this.app.instant(sent.time.value, day.date);
      const places = chosenPlaces(sent);
      const body = {};
      if (start !== booking.from) body.start = stamp(start);
      if (Number(sent.party_size.value) !== booking.party_size) body.party_size = Number(sent.party_size.value);
      if (places.length && String([...places].sort()) !== String([...booking.resources].sort())) body.resources = places;
      for (const name of ["guest_name", "guest_phone", "notes"]) {
        if (sent[name].value.trim() !== booking[name]) body[name] = sent[name].value.trim();
      }
      if (Object.keys(body).length) {
        await call("PATCH", `/bookings/${booking.code}`, { ...body, version: booking.version }, keyOf(body));
        toast(words.changed, { kind: "good" });
        await this.app.reload();
      }
      this.box.close();
    });
    this.show("edit", booking.guest_name || words.noName, form);
  }
}

const chosenPlaces = (form) => [...form.querySelectorAll('[name="place"]:checked')].map((each) => each.value);
