// What a guest has said and heard at one house, kept in this browser so that it survives a reload, a
// sleep or a lost network. A message stays in `outbox` until its answer is in `lines`; it keeps its id
// all that time, by which the server does nothing twice.

const MOST_LINES = 200;

const inMemory = new Map();

// Where a browser keeps nothing for us (a frame on another site, a private window), the page does.
export const storage = {
  get(key) {
    try {
      return localStorage.getItem(key) ?? inMemory.get(key) ?? null;
    } catch {
      return inMemory.get(key) ?? null;
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(key, value);
    } catch {
      inMemory.set(key, value);
    }
  },
};

export const randomId = () =>
  Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");

export function guestId() {
  const kept = storage.get("anfitrion.guest");
  if (kept) return kept;
  const made = `web-${randomId()}`;
  storage.set("anfitrion.guest", made);
  return made;
}

const EMPTY = { conversation: null, lines: [], outbox: [], capped: false, post: 0 };

export class Talk {
  constructor(venue) {
    this.key = `anfitrion.talk.${venue}`;
  }

  read() {
    try {
      return { ...structuredClone(EMPTY), ...JSON.parse(storage.get(this.key) ?? "{}") };
    } catch {
      return structuredClone(EMPTY);
    }
  }

  // Always from what is stored now: another tab may have written since.
  change(edit) {
    const now = this.read();
    edit(now);
    if (now.lines.length > MOST_LINES) {
      now.lines = now.lines.slice(-MOST_LINES);
      now.capped = true;
    }
    storage.set(this.key, JSON.stringify(now));
    return now;
  }

  say(body, text) {
    const at = Date.now();
    const line = { id: body.message_id, who: "guest", text, at };
    this.change((now) => {
      now.lines.push(line);
      now.outbox.push({ body, at, lastId: "0", partial: "" });
    });
    return line;
  }

  progress(id, lastId, partial) {
    this.change((now) => {
      const entry = now.outbox.find((each) => each.body.message_id === id);
      if (entry) Object.assign(entry, { lastId, partial });
    });
  }

  // Returns the house's line, or null where another tab has written it already. An answer without words
  // says that a person has the conversation.
  answered(id, answer) {
    const line = {
      id: `${id}.reply`, who: answer.response ? "house" : "note", text: answer.response, at: Date.now(), language: answer.language,
      status: answer.status, action: answer.action, missing: answer.missing ?? [],
      offers: answer.offers ?? [], booking: answer.booking,
    };
    let isNew = true;
    this.change((now) => {
      now.outbox = now.outbox.filter((each) => each.body.message_id !== id);
      now.conversation = answer.conversation_id;
      isNew = !now.lines.some((each) => each.id === line.id);
      if (isNew) now.lines.push(line);
    });
    return isNew ? line : null;
  }

  // What the house wrote of its own accord: its line, or null where it is here already.
  heard(post, at) {
    let line = null;
    this.change((now) => {
      if (post.id <= now.post) return;
      now.post = post.id;
      line = {
        id: `post.${post.id}`, who: post.author === "staff" ? "staff" : "house", text: post.text, at, post: true,
        language: now.lines.findLast((each) => each.language)?.language, status: "", action: "none", missing: [],
        asks: post.asks, offers: post.offers, booking: post.booking,
      };
      now.lines.push(line);
    });
    return line;
  }

  failed(id, failure) {
    this.change((now) => {
      const entry = now.outbox.find((each) => each.body.message_id === id);
      const line = now.lines.find((each) => each.id === id);
      now.outbox = now.outbox.filter((each) => each !== entry);
      if (line) line.failed = { ...failure, body: entry?.body };
    });
  }

  // The same message again, with the same id.
  retry(id) {
    this.change((now) => {
      const line = now.lines.find((each) => each.id === id);
      if (!line?.failed) return;
      now.outbox.push({ body: line.failed.body, at: Date.now(), lastId: "0", partial: "" });
      delete line.failed;
    });
  }
}
