// Something that costs a connection is done by one tab of this browser alone: the one that is looked at.

// Runs `work`, which a signal ends, until it ends by itself or `signal` says so. A tab that comes to the
// front takes it from the one that has it; who has lost it gets it back when nobody else wants it.
export async function alone(name, signal, work) {
  if (!navigator.locks) return work(signal);
  let takes = document.visibilityState === "visible";
  let isDone = false;
  while (!signal.aborted && !isDone) {
    const mine = new AbortController();
    let has = takes;
    let isInFront = false;
    const end = () => mine.abort();
    const look = () => {
      if (has || document.visibilityState !== "visible") return;
      isInFront = true;
      end();
    };
    signal.addEventListener("abort", end);
    document.addEventListener("visibilitychange", look);
    try {
      await navigator.locks.request(name, takes ? { steal: true } : { signal: mine.signal }, async () => {
        has = true;
        await work(mine.signal);
        isDone ||= !mine.signal.aborted;
      });
    } catch (error) {
      if (error.name !== "AbortError") throw error;
    } finally {
      end();
      signal.removeEventListener("abort", end);
      document.removeEventListener("visibilitychange", look);
    }
    takes = isInFront;
  }
}
