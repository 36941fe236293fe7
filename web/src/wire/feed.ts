// Keeps the stream of changes open: after a break it waits a little, opens it again and tells the page to read
// everything afresh, since what happened in between is not repeated.

import { changes } from "./castellan";
import { asFailure, type Failure } from "./http";
import type { Delta } from "./types";

const WAIT_FIRST_MS = 500;
const WAIT_MOST_MS = 15_000;

export interface Listener {
  /** The stream is open (again): read the whole state once. */
  opened(): void;
  changed(delta: Delta): void;
  /** The stream broke or could not be opened; it is tried again unless this answers `false`. */
  broke(failure: Failure): boolean;
}

/** Follows the changes until the signal ends it. */
export async function follow(listener: Listener, signal: AbortSignal): Promise<void> {
  let wait = WAIT_FIRST_MS;
  while (!signal.aborted) {
    try {
      const opened = () => {
        wait = WAIT_FIRST_MS;
        listener.opened();
      };
      // The server ends a stream after a while; that is no break.
      for await (const delta of changes(signal, opened)) listener.changed(delta);
    } catch (thrown) {
      if (signal.aborted || !listener.broke(asFailure(thrown))) return;
    }
    await pause(wait, signal);
    wait = Math.min(wait * 2, WAIT_MOST_MS);
  }
}

/** Waits, but not past the end of the signal or the return of the network. */
function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      removeEventListener("online", done);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    addEventListener("online", done);
    signal.addEventListener("abort", done);
  });
}
