// One message and its turn, followed to the end through any number of broken connections; and what the
// house writes meanwhile.

const SILENCE_MS = 45000; // The server says something every fifteen seconds, even if it is nothing.
const DOUBT_MS = 20000; // So a line that was silent for longer is likely dead.
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

// Answered, or Refused. A pass that ended while the page was open is fetched again.
async function ask(path, options, pass) {
  const send = async () => fetch(path, { ...options, headers: { ...options.headers, "X-Guest-Pass": await pass.get() } });
  let response = await send();
  if (response.status === 401) {
    pass.end();
    response = await send();
  }
  if (!response.ok) throw new Refused(response.status, await response.json().catch(() => ({})));
  return response;
}

// Ends what has gone silent: `alive` is called whenever something is heard.
function watchdog() {
  const stop = new AbortController();
  let timer, heard;
  const alive = () => {
    heard = Date.now();
    clearTimeout(timer);
    timer = setTimeout(() => stop.abort(), SILENCE_MS);
  };
  alive();
  return { stop, alive, silence: () => Date.now() - heard, end: () => clearTimeout(timer) };
}

async function once(entry, pass, on) {
  const dog = watchdog();
  try {
    const headers = { "Content-Type": "application/json", "Last-Event-ID": entry.lastId };
    const request = { method: "POST", headers, body: JSON.stringify(entry.body), signal: dog.stop.signal };
    const response = await ask("/chat/stream", request, pass);
    for await (const event of events(response, dog.alive)) {
      if (event.name === "done") return event.data;
      if (event.name === "error") throw new Refused(event.data.status, event.data);
      if (event.name === "token") entry.partial += event.data.text;
      entry.lastId = event.id;
      on.event(event);
    }
    throw new TypeError("the stream ended early");
  } finally {
    dog.end();
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

// The house's posts, from the one after `last()` on, until `signal` says so. Quietly: a line that breaks
// is made again, and once the page is looked at after a sleep the old one is not trusted for long.
export async function listen({ venue, guest, last, pass, wake, signal, on }) {
  for (let tries = 1; !signal.aborted; tries += 1) {
    const dog = watchdog();
    const stop = () => dog.stop.abort();
    const look = () => { if (document.visibilityState === "visible" && dog.silence() > DOUBT_MS) stop(); };
    signal.addEventListener("abort", stop);
    document.addEventListener("visibilitychange", look);
    addEventListener("online", stop);
    try {
      const query = new URLSearchParams({ venue, user_id: guest, after: last() });
      const response = await ask(`/chat/posts?${query}`, { headers: { Accept: "text/event-stream" }, signal: dog.stop.signal }, pass);
      if (response.status === 204) return;
      for await (const event of events(response, dog.alive)) {
        tries = 0;
        if (event.name === "post") on(event.data);
      }
    } catch (error) {
      if (!canCome(error)) return;
    } finally {
      dog.end();
      signal.removeEventListener("abort", stop);
      document.removeEventListener("visibilitychange", look);
      removeEventListener("online", stop);
    }
    if (!signal.aborted) await pause(Math.min(LONGEST_PAUSE_MS, 500 * 2 ** tries) * (0.5 + Math.random() / 2), wake);
  }
}
