// What needs a person: stranded bookings with a message ready for the guest, and what could not be delivered.

import { call } from "./api.js";
import { copy, el, onceKey, redraw, say, toast } from "./dom.js";
import { at, moment } from "./time.js";
import { language, reason, words } from "./words.js";

// A message goes out in the background: asked again so often, then it is left at "on its way".
const ASK_AGAIN_MS = 1500;
const MOST_TIMES = 20;

export class Conflicts {
  constructor(panel) {
    this.panel = panel;
    this.app = panel.app;
    /** What was sent, by conflict: { text, key, message }. */
    this.sent = new Map();
  }

  get count() {
    return this.app.conflicts.length + this.app.failed.length;
  }

  open() {
    this.box = el("div", { class: "stack" });
    this.panel.show(this, words.conflictsTitle, this.box);
    this.drawn = "";
    this.refresh();
  }

  refresh() {
    const { conflicts, failed } = this.app;
    const now = JSON.stringify([conflicts, failed, language]);
    // What somebody types in is left alone, and what has not changed too.
    if (now === this.drawn || this.box.querySelector("textarea:focus")) return;
    this.drawn = now;
    const typed = new Map([...this.box.querySelectorAll("article")].map((each) => [each.dataset.id, each.querySelector("textarea")?.value]));
    redraw(this.box, this.count
      ? [...conflicts.map((each) => this.#conflict(each, typed.get(each.id))), failed.length ? el("h3", { class: "part" }, words.undelivered) : null, ...failed.map((each) => this.#failed(each))]
      : [el("p", { class: "empty" }, words.noConflicts)]);
  }

  #conflict(conflict, typed) {
    const sent = this.sent.get(conflict.id);
    const draft = conflict.draft ? el("textarea", { rows: 4, value: typed ?? sent?.text ?? conflict.draft, maxlength: 4000 }) : null;
    const result = el("p", { class: "result", role: "status" });
    const send = draft && el("button", { type: "button", class: "main", on: { click: () => this.#send(conflict, draft, send, result) } }, words.send);
    if (sent?.message) showResult(result, sent.message);
    return el("article", { class: "conflict", dataset: { id: conflict.id } },
      el("h3", {}, words.kind[conflict.kind] ?? conflict.kind),
      el("p", {}, conflict.detail),
      conflict.other ? el("p", {}, `${words.other}: `, this.#see(conflict.other, conflict.other)) : null,
      draft ? el("label", { class: "field" }, el("span", {}, words.draft), draft) : null,
      result,
      el("div", { class: "actions" },
        send,
        draft ? el("button", { type: "button", on: { click: async () => { if (await copy(draft)) toast(words.copied, { kind: "good" }); } } }, words.copy) : null,
        conflict.code ? this.#see(conflict.code, words.see) : null,
        el("button", { type: "button", class: draft ? "" : "main", on: { click: () => this.#resolve(conflict) } }, words.resolve)));
  }

  #failed(message) {
    const { day } = this.app;
    return el("article", { class: "conflict", dataset: { id: message.key } },
      el("h3", {}, message.guest_name || words.noName, " ", el("small", {}, words.messageKind[message.kind] ?? message.kind)),
      message.text ? el("blockquote", {}, message.text) : null,
      el("p", { class: "soft" }, words.notDelivered(moment(at(message.due_at), language, day.zone))),
      el("div", { class: "actions" },
        message.guest_phone ? el("a", { class: "button", href: `tel:${message.guest_phone}` }, message.guest_phone) : null,
        message.guest_email ? el("a", { class: "button", href: `mailto:${message.guest_email}` }, message.guest_email) : null,
        message.code ? this.#see(message.code, words.see) : null));
  }

  #see(code, text) {
    return el("button", { type: "button", on: { click: () => this.app.openCode(code) } }, text);
  }

  /** The same words are one message, however often they are sent. */
  async #send(conflict, draft, button, result) {
    const text = draft.value.trim();
    if (!text) return draft.focus();
    const before = this.sent.get(conflict.id);
    const sent = before?.text === text ? before : { text, key: onceKey() };
    this.sent.set(conflict.id, sent);
    button.disabled = true;
    try {
      await this.#follow(conflict, sent, result);
    } catch (error) {
      if (error.status === undefined) throw error;
      toast(words.cannot(reason(error)), { kind: "bad" });
    } finally {
      button.disabled = false;
    }
  }

  async #follow(conflict, sent, result) {
    const path = `/venues/${this.app.venue.id}/conflicts/${encodeURIComponent(conflict.id)}/send`;
    for (let times = 0; times < MOST_TIMES; times += 1) {
      sent.message = await call("POST", path, { text: sent.text }, sent.key);
      showResult(this.box.querySelector(`[data-id="${CSS.escape(conflict.id)}"] .result`) ?? result, sent.message);
      if (sent.message.state !== "planned" || !this.panel.box.open) return;
      await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
    }
  }

  async #resolve(conflict) {
    try {
      await call("POST", `/venues/${this.app.venue.id}/conflicts/${encodeURIComponent(conflict.id)}/resolve`);
      say(words.resolved);
    } catch (error) {
      toast(words.cannot(reason(error)), { kind: "bad" });
    }
    await this.app.reload();
  }
}

function showResult(box, message) {
  const ways = message.ways.map((way) => words.way[way] ?? way).join(", ");
  box.className = `result ${message.state}`;
  box.textContent = message.state === "sent" ? words.delivered(ways) : words.sending[message.state];
}
