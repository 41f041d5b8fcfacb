// The server: requests with the key where one is needed, and word of changes.

const KEY = "anfitrion-staff-key";

export class Refused extends Error {
  /** A problem (RFC 9457) the server answered with; `code` is empty where it was not reached. */
  constructor(status, problem) {
    super(problem.code ?? "");
    this.status = status;
    this.code = problem.code ?? "";
    this.problem = problem;
  }
}

let askForKey = async () => {};

/** `ask(wasWrong)` resolves once there may be a key in this session. */
export const onKeyNeeded = (ask) => { askForKey = ask; };
export const keepKey = (key) => sessionStorage.setItem(KEY, key);

function headers(more = {}) {
  const key = sessionStorage.getItem(KEY);
  return key ? { "X-API-Key": key, ...more } : more;
}

async function answered(path, options) {
  for (;;) {
    const sent = sessionStorage.getItem(KEY);
    let response;
    try {
      response = await fetch(path, { ...options, headers: headers(options.headers) });
    } catch (error) {
      if (error.name === "AbortError") throw error;
      throw new Refused(0, {});
    }
    if (response.status !== 401 && response.status !== 403) return response;
    await askForKey(sent !== null);
  }
}

export async function call(method, path, body, once) {
  const options = { method, headers: {} };
  if (body !== undefined) {
    options.headers["Content-Type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  if (once) options.headers["Idempotency-Key"] = once;
  const response = await answered(path, options);
  if (response.status === 204) return null;
  const json = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, json);
  return json;
}

export const get = (path) => call("GET", path);

const pause = (ms, signal) => new Promise((resolve) => {
  const timer = setTimeout(resolve, ms);
  signal.addEventListener("abort", () => { clearTimeout(timer); resolve(); }, { once: true });
});

/**
 * Hear of every change behind `path` until `signal` ends it; the connection is made again as often as
 * it breaks. An EventSource would do, could it send the key.
 */
export async function follow(path, { signal, onChange, onState }) {
  let wait = 500;
  while (!signal.aborted) {
    try {
      const response = await answered(path, { method: "GET", headers: { Accept: "text/event-stream" }, signal });
      if (!response.ok) throw new Refused(response.status, {});
      onState(true);
      wait = 500;
      const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        const events = (rest + value).split("\n\n");
        rest = events.pop();
        if (events.some((event) => event.includes("event: changed"))) onChange();
      }
    } catch (error) {
      if (signal.aborted) return;
    }
    if (signal.aborted) return;
    onState(false);
    await pause(wait, signal);
    wait = Math.min(wait * 2, 8000);
  }
}
