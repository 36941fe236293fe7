// Which devices something just happened to, so that the plan shows it. Pure functions first, the store at the end.

import { create } from "zustand";
import type { Site } from "./home";
import { useHome } from "./home";
import { useTalk } from "./talk";
import { useView } from "./view";
import { sheetsOf, whereIs } from "./plan";

type Seen = Pick<Site, "receipts" | "points">;

/** Devices whose receipt moved on, or whose state changed at something that can be set; what only measures says nothing. */
export function touched(now: Seen, before: Seen): string[] {
  const devices = new Set<string>();
  if (now.receipts !== before.receipts) {
    for (const receipt of Object.values(now.receipts)) {
      const known = before.receipts[receipt.command];
      if (known !== receipt && known?.state !== receipt.state) devices.add(receipt.device);
    }
  }
  if (now.points !== before.points) {
    for (const point of Object.values(now.points)) {
      const known = before.points[point.id];
      if (point.writable && known && known !== point && known.sample && point.sample && known.sample.value !== point.sample.value) devices.add(point.device);
    }
  }
  return [...devices];
}

interface Pulses {
  /** How often each device was touched. */
  count: Readonly<Record<string, number>>;
}

export const usePulses = create<Pulses>(() => ({ count: {} }));

useHome.subscribe((now, before) => {
  // What is read for the first time is no event.
  if (before.loaded !== "yes" || (now.receipts === before.receipts && now.points === before.points)) return;
  const devices = touched(now, before);
  if (devices.length === 0) return;
  usePulses.setState(({ count }) => ({ count: { ...count, ...Object.fromEntries(devices.map((id) => [id, (count[id] ?? 0) + 1])) } }));
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
