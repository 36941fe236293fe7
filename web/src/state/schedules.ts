// What a schedule says, in words and by kind. Pure.

import { type Lang } from "../lib/lang";
import type { Schedule, ScheduleWish, Value } from "../wire/types";
import type { Site } from "./home";
import { words } from "./traces";

export type Says = Schedule["says"];
export type Unit = Extract<Says, { number: unknown }>["number"];

/** The units that points here have. */
export const unitsOf = (points: Site["points"]): Unit[] => [...new Set(Object.values(points).flatMap((point) => (point.kind === "number" ? [point.unit] : [])))];

/** A value of a schedule in words. */
export function saidIn(says: Says, value: Value, lang: Lang): string {
  if (typeof says === "object" && "number" in says && typeof value === "number") return words({ kind: "number", unit: says.number } as Parameters<typeof words>[0], value, lang);
  return words(undefined, value, lang);
}

/** How strongly a value is drawn, from nothing to all: numbers by their place between the smallest and the largest. */
export function strengthOf(value: Value, all: readonly Value[]): number {
  if (typeof value === "boolean") return value ? 1 : 0;
  if (typeof value === "number") {
    const numbers = all.filter((one): one is number => typeof one === "number");
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return high > low ? 0.25 + ((value - low) / (high - low)) * 0.75 : 0.6;
  }
  const kinds = [...new Set(all)];
  return kinds.length > 1 ? 0.2 + (kinds.indexOf(value) / (kinds.length - 1)) * 0.7 : 0.6;
}

/** A value to begin with. */
export function firstSaid(says: Says): Value {
  if (says === "switch") return true;
  return "number" in says ? 20 : (says.token[0] ?? "");
}

/** Another kind of value: what was said of the old one means nothing then. */
export function withSays(wish: ScheduleWish, says: Says): ScheduleWish {
  const value = firstSaid(says);
  return { ...wish, says, otherwise: says === "switch" ? false : value, week: (wish.week ?? []).map((entry) => ({ ...entry, value })), exceptions: [], followers: [] };
}

/** A schedule without what the server adds to it. */
export function wishOf(schedule: Schedule | undefined): ScheduleWish {
  if (!schedule) return { names: {}, says: "switch", otherwise: false, week: [{ days: "workdays", from: "08:00", to: "18:00", value: true }] };
  const { id: _, value: __, words: ___, next: ____, rule: _____, ...wish } = schedule;
  return wish;
}
