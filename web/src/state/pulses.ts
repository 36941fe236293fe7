// Which devices something just happened to, so that the plan shows it. Pure functions first, the store at the end.

import { create } from "zustand";
import type { Site } from "./home";
import { useHome } from "./home";
import { useTalk } from "./talk";
import { useView } from "./view";
import { sheetsOf, whereIs } from "./plan";

type Seen = Pick<Site, "receipts" | "points">;

/** Devices whose receipt moved on. */
export function commanded(now: Seen, before: Seen): string[] {
  if (now.receipts === before.receipts) return [];
  const moved = Object.values(now.receipts).filter((receipt) => before.receipts[receipt.command]?.state !== receipt.state);
  return [...new Set(moved.map(({ device }) => device))];
}

/** Devices whose state changed at something that can be set; what only measures says nothing. */
export function changed(now: Seen, before: Seen): string[] {
  if (now.points === before.points) return [];
  const moved = Object.values(now.points).filter((point) => {
    const known = before.points[point.id];
    return point.writable && known !== undefined && known !== point && known.sample && point.sample && known.sample.value !== point.sample.value;
  });
  return [...new Set(moved.map(({ device }) => device))];
}

interface Pulses {
  /** How often each device was touched. */
  count: Readonly<Record<string, number>>;
  /** How often a command moved on, whatever it reached. */
  commands: number;
}

export const usePulses = create<Pulses>(() => ({ count: {}, commands: 0 }));

useHome.subscribe((now, before) => {
  // What is read for the first time is no event.
  if (before.loaded !== "yes" || (now.receipts === before.receipts && now.points === before.points)) return;
  const reached = commanded(now, before);
  const devices = new Set([...reached, ...changed(now, before)]);
  if (devices.size === 0) return;
  usePulses.setState(({ count, commands }) => ({ commands: commands + (reached.length > 0 ? 1 : 0), count: { ...count, ...Object.fromEntries([...devices].map((id) => [id, (count[id] ?? 0) + 1])) } }));
});

/** The floor to show for commanded devices: the one that stands there if it has any of them, otherwise the first of theirs. */
export function floorFor(site: Pick<Site, "spaces" | "devices">, devices: readonly string[], shown: string | undefined): string | undefined {
  const sheets = sheetsOf(site);
  const floors = devices.flatMap((device) => whereIs(sheets, device)?.sheet ?? []);
  return shown !== undefined && floors.includes(shown) ? shown : floors[0];
}

// What the conversation commands is looked at: the plan goes to its floor. What rules do moves nobody's view.
useTalk.subscribe((now, before) => {
  const commands = now.turns.at(-1)?.commands ?? [];
  const known = before.turns.at(-1)?.key === now.turns.at(-1)?.key ? (before.turns.at(-1)?.commands ?? []) : [];
  if (commands.length === known.length || now.turns.at(-1)?.phase !== "waiting") return;
  const home = useHome.getState();
  const floor = floorFor(home, commands.slice(known.length).flatMap((command) => home.receipts[command]?.device ?? []), useView.getState().sheet);
  if (floor) useView.getState().showSheet(floor);
});
