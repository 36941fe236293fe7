// What the page knows of the site: entities by id, kept fresh by the stream of changes. Pure functions first, the
// store at the end.

import { create } from "zustand";
import type { Alarm, Changed, Delta, Device, List, Notice, Point, Proposal, Receipt, Rule, Snapshot, Space, Timer } from "../wire/types";

type ById<T> = Readonly<Record<string, T>>;

export interface Site {
  devices: ById<Device>;
  points: ById<Point>;
  spaces: ById<Space>;
  rules: ById<Rule>;
  proposals: ById<Proposal>;
  receipts: ById<Receipt>;
  alarms: ById<Alarm>;
  /** What rules have told people and nobody has read. */
  notices: ById<Notice>;
  /** Timers, reminders and commands that wait. */
  timers: ById<Timer>;
  lists: ById<List>;
}

/** Receipts that are kept; the oldest go first. */
export const RECEIPTS_MAX = 600;

export const EMPTY: Site = { devices: {}, points: {}, spaces: {}, rules: {}, proposals: {}, receipts: {}, alarms: {}, notices: {}, timers: {}, lists: {} };

export function byId<T extends { id: string }>(items: readonly T[]): ById<T> {
  return Object.fromEntries(items.map((item) => [item.id, item]));
}

const PROGRESS: Receipt["state"][] = ["sent", "acked", "unknown", "timed_out", "refused", "confirmed"];

/** Two streams may tell of one command in either order: the later state stands. */
export function laterReceipt(known: Receipt | undefined, next: Receipt): Receipt {
  if (!known) return next;
  const apart = Date.parse(next.at) - Date.parse(known.at);
  if (apart !== 0) return apart > 0 ? next : known;
  return PROGRESS.indexOf(next.state) >= PROGRESS.indexOf(known.state) ? next : known;
}

export function withReceipts(site: Site, receipts: readonly Receipt[]): Site {
  if (receipts.length === 0) return site;
  const all: Record<string, Receipt> = { ...site.receipts };
  for (const receipt of receipts) all[receipt.command] = laterReceipt(all[receipt.command], receipt);
  const surplus = Object.keys(all).length - RECEIPTS_MAX;
  if (surplus > 0) {
    const oldest = Object.values(all).sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    for (const receipt of oldest.slice(0, surplus)) delete all[receipt.command];
  }
  return { ...site, receipts: all };
}

/** A decided proposal never becomes pending again. */
export function withProposals(site: Site, proposals: readonly Proposal[]): Site {
  if (proposals.length === 0) return site;
  const all: Record<string, Proposal> = { ...site.proposals };
  for (const proposal of proposals) {
    const known = all[proposal.id];
    if (!known || known.state === "pending" || proposal.state !== "pending") all[proposal.id] = proposal;
  }
  return { ...site, proposals: all };
}

/** Takes in what was told; what somebody has read goes. */
export function withNotices(site: Site, notices: readonly Notice[]): Site {
  const all: Record<string, Notice> = { ...site.notices };
  for (const notice of notices) {
    if (notice.read) delete all[notice.id];
    else all[notice.id] = notice;
  }
  return { ...site, notices: all };
}

/** Takes in a timer; one that is over goes. */
export function withTimer(site: Site, timer: Timer): Site {
  const { [timer.id]: _, ...others } = site.timers;
  const open = "running" in timer.state || "paused" in timer.state;
  return { ...site, timers: open ? { ...others, [timer.id]: timer } : others };
}

/** Takes in a list; one that is absent goes. */
export function withList(site: Site, id: string, list: List | null | undefined): Site {
  const { [id]: _, ...others } = site.lists;
  return { ...site, lists: list ? { ...others, [id]: list } : others };
}

/** Applies one change of the stream. */
export function applied(site: Site, delta: Delta): Site {
  switch (delta.event) {
    case "receipt":
      return withReceipts(site, [delta.data]);
    case "proposal":
      return withProposals(site, [delta.data]);
    case "rule":
      return { ...site, rules: { ...site.rules, [delta.data.id]: delta.data } };
    case "link": {
      const { device, ...link } = delta.data;
      const known = site.devices[device];
      if (!known) return site;
      return { ...site, devices: { ...site.devices, [known.id]: { ...known, online: link.online, link } } };
    }
    case "report": {
      const points: Record<string, Point> = { ...site.points };
      for (const { point, sample, words } of delta.data) {
        const known = points[point];
        if (known) points[point] = { ...known, sample, words: words ?? null };
      }
      return { ...site, points };
    }
    case "alarm":
      return { ...site, alarms: { ...site.alarms, [delta.data.id]: delta.data } };
    case "notice":
      return withNotices(site, [delta.data]);
    case "timer":
      return withTimer(site, delta.data);
    case "list":
      return withList(site, delta.data.list, delta.data.now);
    // A newer server may tell of more than this page knows.
    default:
      return site;
  }
}

/** The whole state as the server gave it. What this page did and the server tells no more of stays as it was. */
export function begun(site: Site, snapshot: Snapshot): Site {
  const { devices, points, spaces, rules, proposals, receipts, alarms, notices, timers, lists } = snapshot;
  const whole: Site = { ...site, devices: byId(devices), points: byId(points), spaces: byId(spaces), rules: byId(rules), alarms: byId(alarms), notices: byId(notices), timers: byId(timers), lists: byId(lists) };
  return withReceipts(withProposals(whole, proposals), receipts);
}

/** Takes in what a change of this page's own led to. */
export function withChanged(site: Site, changed: Changed): Site {
  const next = withProposals(withReceipts(site, changed.receipts), changed.proposals);
  return changed.rules.length > 0 ? { ...next, rules: { ...next.rules, ...byId(changed.rules) } } : next;
}

/** Proposals that wait, oldest first. */
export function pending(site: Pick<Site, "proposals">): Proposal[] {
  return Object.values(site.proposals)
    .filter((p) => p.state === "pending")
    .sort((a, b) => a.at.localeCompare(b.at));
}

export type Loading = "no" | "yes" | "failed";

interface Home extends Site {
  /** Whether the whole state was read at least once. */
  loaded: Loading;
  change(next: (site: Site) => Partial<Site>): void;
  setLoaded(loaded: Loading): void;
  clear(): void;
}

export const useHome = create<Home>((set) => ({
  ...EMPTY,
  loaded: "no",
  change: (next) => set((home) => next(home)),
  setLoaded: (loaded) => set({ loaded }),
  clear: () => set({ ...EMPTY, loaded: "no" }),
}));
