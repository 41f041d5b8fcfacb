// Conversations that need a person: who waits and why, what was said, and the answer in the same thread.

import { call, get } from "./api.js";
import { el, onceKey, redraw, say, toast } from "./dom.js";
import { at, calendarDay, clock, moment } from "./time.js";
import { language, reason, words } from "./words.js";

export class Talks {
  constructor(panel) {
    this.panel = panel;
    this.app = panel.app;
    /** What was written and not sent yet, by conversation. */
    this.drafts = new Map();
  }

  open() {
    this.list = el("ul", { class: "stack" });
    this.drawn = "";
    this.panel.show({ refresh: () => this.#refreshList() }, words.talksTitle, this.list);
    this.#refreshList();
  }

  when(text) {
    const { day } = this.app;
    const instant = at(text);
    const isToday = calendarDay(instant, day.zone) === calendarDay(day.clockNow(), day.zone);
    return isToday ? clock(instant, day.zone) : moment(instant, language, day.zone);
  }

  // --- the list ------------------------------------------------------------------------------

  #refreshList() {
    const { talks } = this.app;
    const now = JSON.stringify([talks, language]);
    if (now === this.drawn) return;
    this.drawn = now;
    redraw(this.list, talks.length ? talks.map((each) => this.#row(each)) : [el("li", { class: "empty" }, words.noTalks)]);
  }

  #row(talk) {
    return el("li", { class: "talk", dataset: { id: talk.id } },
      el("button", { type: "button", on: { click: () => this.thread(talk.id) } },
        el("span", { class: "top" }, el("b", {}, who(talk)), this.#state(talk)),
        el("span", { class: "why" }, words.waitsSince(words.why_talk[talk.reason] ?? talk.reason, this.when(talk.since))),
        talk.last_words ? el("q", { class: "last" }, talk.last_words) : null));
  }

  #state(talk) {
    return talk.taken_at
      ? el("span", { class: "pill confirmed" }, words.withStaff)
      : el("span", { class: "pill received" }, words.waits);
  }

  // --- one conversation ----------------------------------------------------------------------

  async thread(id) {
    this.lines = el("div", { class: "thread", role: "log", tabindex: 0, "aria-label": words.talk });
    this.about = el("div", { class: "about" });
    this.shownLines = 0;
    this.aboutDrawn = "";
    const answer = this.#answer(id);
    this.panel.show({ isThread: true, refresh: () => this.#refreshThread(id) }, words.talk,
      el("button", { type: "button", class: "quiet back", on: { click: () => this.open() } }, `‹ ${words.talksTitle}`),
      this.about, this.lines, answer);
    answer.text.focus();
    await this.#refreshThread(id);
  }

  async #refreshThread(id) {
    const lines = this.lines;
    let thread;
    try {
      thread = await get(`/conversations/${encodeURIComponent(id)}`);
    } catch (error) {
      if (error.status === undefined) throw error;
      toast(words.cannot(reason(error)), { kind: "bad" });
      return;
    }
    // Somebody has gone on to another one meanwhile.
    if (lines !== this.lines) return;
    this.#showAbout(thread);
    const isAtEnd = lines.scrollHeight - lines.scrollTop - lines.clientHeight < 80;
    // A thread only grows, but what was said at the same moment may come in between: then it is drawn anew.
    const known = [...lines.children].map((each) => each.dataset.said).join();
    const said = thread.lines.map((each) => `${each.speaker} ${each.at}`);
    if (!known || !said.join().startsWith(known)) {
      lines.setAttribute("aria-live", "off");
      lines.replaceChildren(...thread.lines.map((each) => this.#line(each)));
      requestAnimationFrame(() => lines.setAttribute("aria-live", "polite"));
    } else {
      lines.append(...thread.lines.slice(lines.children.length).map((each) => this.#line(each)));
    }
    if (isAtEnd) lines.scrollTop = lines.scrollHeight;
  }

  #showAbout({ id, handover }) {
    const now = JSON.stringify([handover, language]);
    if (now === this.aboutDrawn) return;
    this.aboutDrawn = now;
    const isTaken = Boolean(handover?.taken_at);
    this.panel.box.querySelector("form.answer").hidden = !handover;
    redraw(this.about, [el("div", { dataset: { id: "about" }, class: "stack" },
      handover ? el("p", {}, el("b", {}, who(handover)), " ", this.#state(handover)) : el("p", {}, words.engineHasIt),
      handover ? el("p", { class: "soft" }, words.waitsSince(words.why_talk[handover.reason] ?? handover.reason, this.when(handover.since))) : null,
      isTaken ? el("p", { class: "soft" }, words.silent) : null,
      handover ? el("div", { class: "actions" },
        isTaken ? null : el("button", { type: "button", on: { click: () => this.#do(id, "take", words.taken) } }, words.take),
        handover.user_id.startsWith("+") ? el("a", { class: "button", href: `tel:${handover.user_id}` }, words.call) : null,
        el("button", { type: "button", on: { click: () => this.#do(id, "hand-back", words.handedBack) } }, words.handBack)) : null)]);
  }

  #line({ speaker, text, at: said, booking }) {
    return el("div", { class: `said ${speaker}`, dataset: { said: `${speaker} ${said}` } },
      el("small", {}, `${words.speaker[speaker]} · ${this.when(said)}`),
      el("p", { dir: "auto" }, text),
      booking ? el("button", { type: "button", class: "link", on: { click: () => this.app.openCode(booking.code) } }, booking.code) : null);
  }

  #answer(id) {
    let sent = "";
    let key = "";
    const text = el("textarea", { name: "text", rows: 2, maxlength: 4000, required: true, "aria-label": words.answer, placeholder: words.answer, value: this.drafts.get(id) ?? "" });
    const button = el("button", { class: "main" }, words.send);
    const form = el("form", { class: "answer", novalidate: true }, text, button);
    text.addEventListener("input", () => this.drafts.set(id, text.value));
    text.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      form.requestSubmit();
    });
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const written = text.value.trim();
      if (!written || button.disabled) return;
      if (written !== sent) [sent, key] = [written, onceKey()];
      button.disabled = true;
      try {
        await call("POST", `/conversations/${encodeURIComponent(id)}/messages`, { text: written }, key);
        if (text.value.trim() === written) text.value = "";
        this.drafts.delete(id);
        sent = "";
        this.lines.scrollTop = this.lines.scrollHeight;
        await this.#refreshThread(id);
      } catch (error) {
        if (error.status === undefined) throw error;
        toast(words.cannot(reason(error)), { kind: "bad" });
      } finally {
        button.disabled = false;
        text.focus();
      }
    });
    return form;
  }

  async #do(id, what, done) {
    try {
      await call("POST", `/conversations/${encodeURIComponent(id)}/${what}`);
      say(done);
    } catch (error) {
      if (error.status === undefined) throw error;
      toast(words.cannot(reason(error)), { kind: "bad" });
    }
    await Promise.all([this.app.reload(), this.#refreshThread(id)]);
  }
}

/** Who it is, as far as the channel says: a number, or where they write from. */
const who = ({ user_id, channel }) => (user_id.startsWith("+") ? user_id : words.guestIn(words.channel[channel] ?? channel));
