// Where figures come from. Each address is asked by itself, so that one that fails or hangs keeps
// nobody waiting; what it said last is kept, with its age.

const KEY = "anfitrion.ops-key";

export const TIMEOUT_MS = 4000;

/** What went wrong, as the end of a key of the words: slow, network, status, key, broken, absent. */
class Failure extends Error {
  constructor(why, status) {
    super(why);
    this.why = why;
    this.status = status;
  }
}

export const keyOf = () => sessionStorage.getItem(KEY) ?? "";
export const useKey = (key) => sessionStorage.setItem(KEY, key);

export class Source {
  /** `path` may be a function, where it depends on what is chosen on the page. */
  constructor(path) {
    this.path = path;
    this.data = null;
    this.at = null; // when it was last answered
    this.failure = null; // of the latest question; null where it was answered
    this.asked = 0; // questions that have ended
  }

  get address() {
    return typeof this.path === "function" ? this.path() : this.path;
  }

  async ask() {
    this.pending?.abort();
    const asking = (this.pending = new AbortController());
    const timer = setTimeout(() => asking.abort("slow"), TIMEOUT_MS);
    try {
      const data = await this.#answer(asking.signal);
      if (this.pending !== asking) return;
      this.data = data;
      this.at = Date.now();
      this.failure = null;
    } catch (error) {
      if (this.pending !== asking) return;
      this.failure = error instanceof Failure ? error : asFailure(asking.signal);
    } finally {
      clearTimeout(timer);
    }
    this.asked += 1;
  }

  async #answer(signal) {
    const key = keyOf();
    const headers = key ? { "X-API-Key": key } : {};
    const answered = await fetch(this.address, { headers, signal, cache: "no-store" });
    if (answered.status === 401 || answered.status === 403) throw new Failure("key", answered.status);
    if (answered.status === 404) throw new Failure("absent", 404);
    const text = await answered.text();
    let data = null;
    try {
      data = JSON.parse(text);
    } catch {
      throw answered.ok ? new Failure("broken") : new Failure("status", answered.status);
    }
    // A server that is not ready says so with 503, and why.
    if (!answered.ok && !data?.dependencies) throw new Failure("status", answered.status);
    return data;
  }
}

const asFailure = (signal) => new Failure(signal.reason === "slow" ? "slow" : "network");
