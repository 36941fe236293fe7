// Which devices something just happened to, so that the plan shows it.

import { create } from "zustand";
import { useHome } from "./home";
import { useSession } from "./session";
import { useTalk } from "./talk";
import { changed, commanded, floorFor } from "./touches";
import { useView } from "./view";

interface Pulses {
  /** How often each device was touched. */
  count: Readonly<Record<string, number>>;
  /** How often a command moved on, whatever it reached. */
  commands: number;
}

export const usePulses = create<Pulses>(() => ({ count: {}, commands: 0 }));

/** After the connection opened, what happened before is told again: that is no event of now. */
const QUIET_MS = 2_000;
let quietUntil = 0;
useSession.subscribe(({ link }, before) => {
  if (link === "live" && before.link !== "live") quietUntil = Date.now() + QUIET_MS;
});

useHome.subscribe((now, before) => {
  if (before.loaded !== "yes" || Date.now() < quietUntil || (now.receipts === before.receipts && now.points === before.points)) return;
  const reached = commanded(now, before);
  const devices = new Set([...reached, ...changed(now, before)]);
  if (devices.size === 0) return;
  usePulses.setState(({ count, commands }) => ({ commands: commands + (reached.length > 0 ? 1 : 0), count: { ...count, ...Object.fromEntries([...devices].map((id) => [id, (count[id] ?? 0) + 1])) } }));
});

/** Receipts of one sentence come in a row: the floor is chosen when they are there. */
const GATHER_MS = 150;
let gathering: ReturnType<typeof setTimeout> | undefined;

// What the conversation commands is looked at: the plan goes to its floor. What rules do moves nobody's view.
useTalk.subscribe((now, before) => {
  const [turn, last] = [now.turns.at(-1), before.turns.at(-1)];
  if (!turn || now.turns === before.turns) return;
  const known = last?.key === turn.key ? last : undefined;
  // A conversation of earlier that is opened again commands nothing.
  if (turn.phase !== "waiting" && known?.phase !== "waiting") return;
  if (turn.commands.length === (known?.commands.length ?? 0)) return;
  clearTimeout(gathering);
  gathering = setTimeout(() => {
    const home = useHome.getState();
    const reached = (useTalk.getState().turns.at(-1)?.commands ?? []).flatMap((command) => home.receipts[command]?.device ?? []);
    const floor = floorFor(home, reached, useView.getState().sheet);
    if (floor) useView.getState().showSheet(floor);
  }, GATHER_MS);
});
