// What the ports of a rule carry, as it changes.

import { useEffect, useState } from "react";
import type { Two } from "../lib/lang";
import { type Watched, watch } from "../wire/feed";
import { type Live, portKey, type Pulses } from "./graph";

export interface Seen {
  live: Live;
  /** How often an event was seen to happen at a port while it was looked at. */
  pulses: Pulses;
  /** Absent until it is known. */
  runs: boolean | undefined;
  /** Why there are no values. */
  why: Two | undefined;
}

export const NOTHING: Seen = { live: new Map(), pulses: new Map(), runs: undefined, why: undefined };

/** What is known after a message: all ports anew, or those that changed. */
export function seenAfter(seen: Seen, message: Watched): Seen {
  if (message.type === "unwatched") return { ...NOTHING, why: message.why };
  const live = new Map(message.whole ? [] : seen.live);
  const pulses = new Map(seen.pulses);
  for (const port of message.ports) {
    const key = portKey(port.node, port.port);
    // What was there at first happened before somebody looked.
    if (!message.whole && port.fired && seen.live.get(key)?.fired !== port.fired) pulses.set(key, (pulses.get(key) ?? 0) + 1);
    live.set(key, port);
  }
  return { live, pulses, runs: message.runs, why: undefined };
}

/** The values of a rule while it is looked at. */
export function useLive(rule: string): Seen {
  const [seen, setSeen] = useState(NOTHING);
  useEffect(() => {
    setSeen(NOTHING);
    return watch(rule, (message) => setSeen((old) => seenAfter(old, message)));
  }, [rule]);
  return seen;
}
