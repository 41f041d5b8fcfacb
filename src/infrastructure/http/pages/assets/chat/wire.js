// One message and its turn, followed to the end through any number of broken connections.

const SILENCE_MS = 45000; // The server says something every fifteen seconds, even if it is nothing.
const LONGEST_PAUSE_MS = 20000;

export class Refused extends Error {
  constructor(status, problem) {
    super(problem.detail ?? "");
    this.status = status;
    this.code = problem.code ?? "";
  }
}

const LATER = new Set([408, 425, 429, 500, 502, 503, 504]);
const canCome = (error) => !(error instanceof Refused) || LATER.has(error.status) || error.code === "conversation_busy";

async function* events(response, alive) {
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    alive();
    const blocks = (rest + value).replaceAll("\r\n", "\n").split("\n\n");
    rest = blocks.pop();
    for (const block of blocks) {
      const event = {};
      for (const line of block.split("\n")) {
        const colon = line.indexOf(": ");
        if (colon > 0) event[line.slice(0, colon)] = line.slice(colon + 2);
      }
      if (event.event) yield { name: event.event, id: event.id, data: JSON.parse(event.data) };
    }
  }
}

// Ends early when the network is back, the page is looked at again, or somebody asks.
export function pause(ms, wake) {
  return new Promise((done) => {
    const end = () => {
      clearTimeout(timer);
      removeEventListener("online", end);
      document.removeEventListener("visibilitychange", end);
      wake.removeEventListener("now", end);
      done();
    };
    const timer = setTimeout(end, ms);
    addEventListener("online", end);
    document.addEventListener("visibilitychange", end);
    wake.addEventListener("now", end);
  });
}

async function post(entry, pass, signal) {
  const headers = {
    "Content-Type": "application/json", "Last-Event-ID": entry.lastId, "X-Guest-Pass": await pass.get(),
  };
  return fetch("/chat/stream", { method: "POST", headers, body: JSON.stringify(entry.body), signal });
}

async function once(entry, pass, on) {
  const stop = new AbortController();
  let timer;
  const alive = () => {
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE_MS);
  };
  alive();
  try {
    let response = await post(entry, pass, stop.signal);
    if (response.status === 401) {
      // The page has been open for longer than its pass lasts.
      pass.end();
      response = await post(entry, pass, stop.signal);
    }
    if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
    for await (const event of events(response, alive)) {
      if (event.name === "done") return event.data;
      if (event.name === "error") throw new Refused(event.data.status, event.data);
      if (event.name === "token") entry.partial += event.data.text;
      entry.lastId = event.id;
      on.event(event);
    }
    throw new TypeError("the stream ended early");
  } finally {
    clearTimeout(timer);
  }
}

// The page's right to send, fetched again when it has ended.
export class Pass {
  constructor(first) {
    this.value = first;
  }

  async get() {
    this.value ??= (await (await fetch("/chat/pass")).json()).pass;
    return this.value;
  }

  end() {
    this.value = null;
  }
}

// Raises Refused only where trying again would not help.
export async function follow(entry, { pass, wake, on }) {
  for (let tries = 1; ; tries += 1) {
    try {
      return await once(entry, pass, on);
    } catch (error) {
      if (!canCome(error)) throw error;
      on.trouble(error instanceof Refused ? "busy" : "offline", tries);
      await pause(Math.min(LONGEST_PAUSE_MS, 400 * 2 ** tries) * (0.5 + Math.random() / 2), wake);
    }
  }
}
