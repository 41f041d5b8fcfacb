// The chat page: what is stored is shown, what is written is sent, in order and once.

import { Talk, guestId, randomId, storage } from "./talk.js";
import { alone } from "./alone.js";
import { Pass, Refused, follow, listen } from "./wire.js";
import * as view from "./view.js";

const { known, here } = view;
const byId = (id) => document.getElementById(id);
const talkBox = byId("talk"), lines = byId("lines"), now = byId("now"), trouble = byId("trouble");
const composer = byId("composer"), message = byId("message"), venueChoice = byId("venue");

// A message that never reached the house is not sent by itself much later: the wish may be over.
const STALE_MS = 15 * 60 * 1000;
const guest = guestId();
const wake = new EventTarget();
const pass = new Pass(known.pass);
const isFramed = known.widget && parent !== window;
const tell = (what) => { if (isFramed) parent.postMessage({ anfitrion: what }, "*"); };
let talk, venue, sending = false, isBehind = false, lastDay = "", isNoted = false, listening = new AbortController();

// --- showing ---------------------------------------------------------------------------------

const isAtEnd = () => talkBox.scrollHeight - talkBox.scrollTop - talkBox.clientHeight < 120;
const toEnd = () => { talkBox.scrollTop = talkBox.scrollHeight; };

function keepingEnd(change) {
  const stay = isAtEnd();
  change();
  if (stay) toEnd();
}

function showAll() {
  const { lines: all, capped } = talk.read();
  lines.replaceChildren();
  lastDay = "";
  isNoted = false;
  talkBox.classList.toggle("begun", all.length > 0);
  if (capped) lines.append(view.make("p", "earlier", here.earlier));
  // A screen reader should not hear a whole conversation again.
  talkBox.setAttribute("aria-live", "off");
  for (const line of all) showLine(line);
  toEnd();
  requestAnimationFrame(() => talkBox.setAttribute("aria-live", "polite"));
}

function showLine(line) {
  talkBox.classList.add("begun");
  if (line.who === "note" && isNoted) return;
  if (line.who === "note") isNoted = true;
  if (line.who === "house" && !line.post) isNoted = false;
  // What is being asked stays where it is while the house says something else.
  if (!line.post || line.asks) for (const old of lines.querySelectorAll(".choices, .picker")) old.remove();
  const day = new Date(line.at).toDateString();
  if (day !== lastDay) lines.append(view.dayBreak(line.at));
  lastDay = day;
  lines.append(line.who === "note" ? view.note(line) : view.line(line, venue, () => retry(line.id)));
  if (line.who === "house" || line.who === "staff") showExtras(line);
}

function showExtras(line) {
  if (view.hasCard(line)) {
    for (const old of lines.querySelectorAll(".card")) {
      if (old.dataset.code === line.booking.code) old.querySelector(".actions")?.remove();
    }
    lines.append(view.card(line, venue, say));
  }
  if (line.asks) lines.append(...[view.prompt(line, venue, say)].filter(Boolean));
  else if (line.offers.length) lines.append(view.offers(line, venue, say));
  else if (line.status === "awaiting_confirmation") lines.append(view.cancelQuestion(line, say));
  else if (line.status === "collecting" && line.missing.includes("service") && venue.services.length > 1) {
    lines.append(view.services(line, venue, say));
  } else if (line.status === "collecting" && /date|party_size/.test(line.missing.join())) {
    lines.append(view.picker(line, venue, say));
  }
}

function showTrouble(kind) {
  const [words, again] = trouble.children;
  trouble.classList.toggle("is-on", Boolean(kind));
  words.textContent = kind ? here[kind] : "";
  again.hidden = !kind;
}

// --- sending ---------------------------------------------------------------------------------

function say(text, shown = text) {
  const body = {
    venue: venue.id, user_id: guest, message: text, message_id: randomId(),
    conversation_id: talk.read().conversation,
  };
  showLine(talk.say(body, shown));
  toEnd();
  // Whoever pressed a button that is gone now must not lose their place.
  if (document.activeElement === document.body) talkBox.focus({ preventScroll: true });
  send();
}

function retry(id) {
  talk.retry(id);
  showAll();
  send();
}

// One tab sends at a time; the others see what it writes.
async function send() {
  if (sending) return;
  sending = true;
  const from = talk;
  try {
    if (navigator.locks) await navigator.locks.request(`${from.key}.send`, () => sendAll(from));
    else await sendAll(from);
  } finally {
    sending = false;
  }
  // What another tab has written meanwhile.
  if (isBehind) showAll();
  isBehind = false;
  if (talk.read().outbox.length) send();
}

async function sendAll(from) {
  for (let entry; (entry = from.read().outbox[0]) && from === talk; ) {
    if (entry.lastId === "0" && Date.now() - entry.at > STALE_MS) giveUp(from, entry, { words: "stale" });
    else await sendOne(from, entry);
  }
}

async function sendOne(from, entry) {
  const id = entry.body.message_id;
  entry.body.conversation_id ??= from.read().conversation;
  const growing = view.growing();
  const isShown = () => from === talk;
  // Where a person has the conversation nobody is writing yet.
  if (!isNoted) keepingEnd(() => now.replaceChildren(growing.element));
  if (entry.partial) growing.words(entry.partial);
  talkBox.setAttribute("aria-busy", "true");
  const on = {
    event({ name, data, id: number }) {
      from.progress(id, number, entry.partial);
      if (!isShown()) return;
      showTrouble(null);
      keepingEnd(() => {
        if (name === "stage") growing.stage(data.stage);
        if (name === "token") growing.words(entry.partial);
      });
    },
    trouble(kind, tries) {
      if (isShown() && (tries > 1 || !navigator.onLine)) showTrouble(kind);
    },
  };
  try {
    const line = from.answered(id, await follow(entry, { pass, wake, on }));
    if (isShown()) keepingEnd(() => {
      now.replaceChildren();
      if (line) showLine(line);
    });
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    giveUp(from, entry, { words: "failed", detail: error.message });
  } finally {
    if (isShown()) {
      now.replaceChildren();
      showTrouble(null);
      talkBox.removeAttribute("aria-busy");
    }
  }
}

function giveUp(from, entry, failure) {
  from.failed(entry.body.message_id, failure);
  if (from === talk) showAll();
}

// --- listening -------------------------------------------------------------------------------

// What staff or the house write while nobody asks. One tab listens; the others see what it stores.
function hear() {
  listening.abort();
  const mine = listening = new AbortController();
  const from = talk;
  alone(`${from.key}.posts`, mine.signal, (signal) => listen({
    venue: venue.id, guest, last: () => from.read().post, pass, wake, signal,
    on: (post) => {
      const line = from.heard(post, view.hereAt(post.at));
      if (line) tell("post");
      if (line && from === talk) keepingEnd(() => showLine(line));
    },
  }));
}

// --- the page --------------------------------------------------------------------------------

function open(id) {
  venue = known.venues.find((each) => each.id === id) ?? known.venues[0];
  venueChoice.value = venue.id;
  storage.set("anfitrion.venue", venue.id);
  talk = new Talk(venue.id);
  now.replaceChildren();
  showTrouble(null);
  const tries = (venue.kind === "clinic" ? here.try_clinic : here.try_restaurant).split("|");
  byId("tries").replaceChildren(...tries.map((words) => view.button(words, "", () => say(words))));
  showAll();
  send();
  hear();
}

composer.onsubmit = (event) => {
  event.preventDefault();
  const words = message.value.trim();
  if (!words) return;
  message.value = "";
  message.style.height = "";
  say(words);
  message.focus();
};

message.onkeydown = (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
  event.preventDefault();
  composer.requestSubmit();
};

message.oninput = () => keepingEnd(() => {
  message.style.height = "auto";
  message.style.height = `${message.scrollHeight + 2}px`;
});

trouble.querySelector("button").onclick = () => wake.dispatchEvent(new Event("now"));
venueChoice.onchange = () => open(venueChoice.value);

addEventListener("storage", (event) => {
  if (event.key !== talk.key) return;
  isBehind = sending;
  if (!sending) showAll();
});

// In a frame, whoever framed us closes it, and hears what comes while it is closed.
if (isFramed) {
  byId("close").onclick = () => tell("close");
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !event.isComposing) tell("close");
  });
  addEventListener("message", (event) => {
    if (event.source === parent && event.data?.anfitrion === "opened") message.focus();
  });
  tell("ready");
}

open(known.venues.length > 1 ? storage.get("anfitrion.venue") : known.venues[0].id);
