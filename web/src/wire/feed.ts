// Keeps the socket open: first the whole state, then what changes. After a break it waits a little, opens the socket
// again and goes on from the number it had; the server repeats what was missed, or begins with the whole state again.

import * as castellan from "./castellan";
import { asFailure, Failure } from "./http";
import type { Delta, Snapshot, SocketMessage } from "./types";

const WAIT_FIRST_MS = 500;
const WAIT_MOST_MS = 15_000;
/** The server says something at least every 15 s; after three times of silence the way is taken for broken. */
const SILENCE_MOST_MS = 45_000;
/** The server's code for a login that has ended. */
const LOGGED_OUT = 4401;

export interface Listener {
  /** The whole state: it replaces what was known. */
  began(snapshot: Snapshot): void;
  /** The socket is open again and nothing was missed. */
  resumed(): void;
  /** What changed, in order. */
  changed(events: readonly Delta[]): void;
  /** The socket broke or could not be opened; it is tried again unless this answers `false`. */
  broke(failure: Failure): boolean;
}

/** Values inside the rule that is watched. */
export type Watched = Extract<SocketMessage, { type: "values" | "unwatched" }>;

/** The rule whose inner values are wanted, who hears them, and the open socket that was told. */
let watching: { rule: string; heard: (values: Watched) => void } | undefined;
let speak: ((text: string) => void) | undefined;

/** Wants the values inside a rule as they change, until the returned function is called. One rule at a time. */
export function watch(rule: string, heard: (values: Watched) => void): () => void {
  const wish = { rule, heard };
  watching = wish;
  speak?.(JSON.stringify({ type: "watch", rule }));
  return () => {
    if (watching !== wish) return;
    watching = undefined;
    speak?.(JSON.stringify({ type: "watch" }));
  };
}

/** Where the reader is: the run of the server, and the number of the last change. */
interface Place {
  epoch: string;
  seq: number;
}

/** Follows the changes until the signal ends it. */
export async function follow(listener: Listener, signal: AbortSignal): Promise<void> {
  let wait = WAIT_FIRST_MS;
  let place: Place | undefined;
  while (!signal.aborted) {
    const heard = (message: SocketMessage) => {
      wait = WAIT_FIRST_MS;
      switch (message.type) {
        case "snapshot":
          place = { epoch: message.epoch, seq: message.seq };
          listener.began(message);
          break;
        case "resumed":
          listener.resumed();
          break;
        case "delta":
          if (place) place = { ...place, seq: message.seq };
          listener.changed(message.events);
          break;
        case "values":
        case "unwatched":
          if (watching?.rule === message.rule) watching.heard(message);
          break;
        case "alive":
          break;
      }
    };
    const failure = await listen(place, heard, signal);
    if (signal.aborted || !listener.broke(failure)) return;
    await pause(wait, signal);
    wait = Math.min(wait * 2, WAIT_MOST_MS);
  }
}

/** One socket, until it ends; gives what ended it. */
async function listen(place: Place | undefined, heard: (message: SocketMessage) => void, signal: AbortSignal): Promise<Failure> {
  const { opened, code } = await new Promise<{ opened: boolean; code: number }>((resolve) => {
    const query = place ? `?${new URLSearchParams({ epoch: place.epoch, after: String(place.seq) })}` : "";
    const socket = new WebSocket(`${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/api/socket${query}`);
    let opened = false;
    let silence: ReturnType<typeof setTimeout>;
    const end = (code: number) => {
      clearTimeout(silence);
      signal.removeEventListener("abort", leave);
      socket.onopen = socket.onmessage = socket.onclose = null;
      speak = undefined;
      socket.close();
      resolve({ opened, code });
    };
    const leave = () => end(1000);
    const stillThere = () => {
      clearTimeout(silence);
      silence = setTimeout(() => end(1006), SILENCE_MOST_MS);
    };
    signal.addEventListener("abort", leave);
    socket.onopen = () => {
      opened = true;
      stillThere();
      speak = (text) => socket.send(text);
      if (watching) speak(JSON.stringify({ type: "watch", rule: watching.rule }));
    };
    socket.onmessage = ({ data }: MessageEvent<unknown>) => {
      stillThere();
      const message = read(data);
      if (message) heard(message);
    };
    socket.onclose = ({ code }) => end(code);
    stillThere();
  });
  if (code === LOGGED_OUT) return new Failure("unauthorised");
  // A refused socket tells the page no reason; a request does.
  if (!opened && !signal.aborted) {
    const failure = await castellan.session().then(() => undefined, asFailure);
    if (failure) return failure;
  }
  return asFailure(undefined);
}

/** One message; what is none is left out. */
function read(data: unknown): SocketMessage | undefined {
  try {
    return typeof data === "string" ? (JSON.parse(data) as SocketMessage) : undefined;
  } catch {
    return undefined;
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
