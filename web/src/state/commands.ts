// Controls that were used and what became of it: shown at once, and taken back unless the device says the same. Pure
// functions first, the store at the end.

import { create } from "zustand";
import type { Two } from "../lib/lang";
import * as castellan from "../wire/castellan";
import { asFailure } from "../wire/http";
import type { Changed, Point, Receipt, Value } from "../wire/types";
import { useHome, withChanged } from "./home";
import { noteFailure } from "./session";

/** What a person wanted of a point. */
export interface Wish {
  /** Tells a later wish for the same point from an earlier one. */
  turn: number;
  value: Value;
  state: "sending" | Receipt["state"] | "asked" | "failed";
  /** Why it was refused; the server's sentence. */
  why?: Two | string;
  /** Receipts that were known before it: others for this point are its own. */
  known: readonly string[];
}

/** How long a confirmed wish is still told of. */
const TOLD_MS = 3_500;

/** Whether the page shows what was wanted rather than what was reported. */
export const isOpen = (wish: Wish | undefined) => wish !== undefined && (wish.state === "sending" || wish.state === "sent" || wish.state === "acked");

/** Whether it was not done, or not yet: a person has to know why. */
export const isUndone = ({ state }: Wish) => state === "asked" || state === "refused" || state === "timed_out" || state === "failed" || state === "unknown";

/** What a control shows: what was wanted while that is on its way, then what the device reported. */
export const shownValue = (point: Point, wish: Wish | undefined): Value | undefined => (wish && isOpen(wish) ? wish.value : point.sample?.value);

/** The wish after the answer to it. */
export function answered(wish: Wish, point: string, changed: Changed): Wish {
  const refusal = changed.refusals[0];
  const receipt = changed.receipts.find((one) => one.point === point) ?? changed.receipts[0];
  if (receipt) return received(wish, receipt);
  if (refusal) return { ...wish, state: "refused", why: refusal.text };
  if (changed.proposals.length > 0) return { ...wish, state: "asked" };
  // Nothing was to be done: it is so already.
  return { ...wish, state: "confirmed" };
}

const received = (wish: Wish, { state, reason }: Receipt): Wish => ({ ...wish, state, ...(reason ? { why: reason.text } : {}) });

/** The wish after what the stream told: its receipt may come before the answer. */
export function heard(wish: Wish, point: string, receipts: Readonly<Record<string, Receipt>>): Wish {
  if (!isOpen(wish)) return wish;
  const own = Object.values(receipts).find((receipt) => receipt.point === point && !wish.known.includes(receipt.command));
  return own && own.state !== wish.state ? received(wish, own) : wish;
}

interface Commands {
  wishes: Readonly<Record<string, Wish>>;
}

export const useCommands = create<Commands>(() => ({ wishes: {} }));

let turns = 0;

/** Changes a wish unless a later one stands for it; nothing takes it away. */
function change(point: string, turn: number, next: (wish: Wish) => Wish | undefined): void {
  useCommands.setState(({ wishes }) => {
    const known = wishes[point];
    if (known?.turn !== turn) return { wishes };
    const wish = next(known);
    if (wish) return { wishes: { ...wishes, [point]: wish } };
    return { wishes: Object.fromEntries(Object.entries(wishes).filter(([id]) => id !== point)) };
  });
}

/** Sets a point, or calls a service. What became of it stands in the store. */
export async function command(point: Point, value: Value): Promise<void> {
  turns += 1;
  const turn = turns;
  const known = Object.values(useHome.getState().receipts).flatMap((receipt) => (receipt.point === point.id ? receipt.command : []));
  useCommands.setState(({ wishes }) => ({ wishes: { ...wishes, [point.id]: { turn, value, state: "sending", known } } }));
  try {
    const changed = await castellan.command(point.id, value);
    useHome.getState().change((site) => withChanged(site, changed));
    change(point.id, turn, (wish) => answered(wish, point.id, changed));
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    change(point.id, turn, (wish) => ({ ...wish, state: "failed", why: failure.said }));
  }
  setTimeout(() => change(point.id, turn, (wish) => (wish.state === "confirmed" || wish.state === "acked" ? undefined : wish)), TOLD_MS);
}

useHome.subscribe((now, before) => {
  if (now.receipts === before.receipts) return;
  for (const [point, wish] of Object.entries(useCommands.getState().wishes)) {
    const next = heard(wish, point, now.receipts);
    if (next !== wish) change(point, wish.turn, () => next);
  }
});
