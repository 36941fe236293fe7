// The week of a schedule as it is drawn: which value counts when, day by day. Holidays are not known here, so working
// days are drawn as Monday to Friday; the server says what really counts. No React, no server.

export const WEEKDAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];
export type Days = "everyday" | "workdays" | "days_off" | { weekdays: Weekday[] };

export interface Slot<V> {
  days: Days;
  /** `08:30`. */
  from: string;
  /** None: until the next single time. */
  to?: string | null;
  value: V;
}

/** A stretch of one day, in minutes since midnight; `slot` is the place of what says so, none for `otherwise`. */
export interface Block<V> {
  day: number;
  from: number;
  to: number;
  value: V;
  slot: number | undefined;
}

const DAY = 24 * 60;
const WEEK = 7 * DAY;

/** Minutes since midnight of `08:30` or `08:30:15`. */
export function minutes(time: string): number {
  const [h = 0, m = 0] = time.split(":").map(Number);
  return h * 60 + m;
}

/** `08:30`. */
export const timeOf = (at: number) => `${String(Math.floor(at / 60)).padStart(2, "0")}:${String(at % 60).padStart(2, "0")}`;

export function hasDay(days: Days, day: number): boolean {
  if (typeof days === "object") return days.weekdays.includes(WEEKDAYS[day] ?? "mon");
  return days === "everyday" || (days === "workdays") === day < 5;
}

/** What counts when: periods over single times, and of several periods the one that began last. */
export function weekOf<V>(slots: readonly Slot<V>[], otherwise: V): Block<V>[] {
  const placed = slots.flatMap((slot, at) =>
    WEEKDAYS.flatMap((_, day) => {
      if (!hasDay(slot.days, day)) return [];
      const from = day * DAY + minutes(slot.from);
      const end = slot.to ? day * DAY + minutes(slot.to) : undefined;
      return [{ at, from, to: end === undefined ? undefined : end > from ? end : end + DAY, value: slot.value }];
    }),
  );
  const singles = placed.filter(({ to }) => to === undefined).sort((a, b) => a.from - b.from);
  const cuts = new Set<number>(WEEKDAYS.map((_, day) => day * DAY));
  for (const { from, to } of placed) {
    cuts.add(from);
    if (to !== undefined) cuts.add(to % WEEK);
  }
  const edges = [...cuts].filter((at) => at < WEEK).sort((a, b) => a - b);
  const blocks: Block<V>[] = [];
  edges.forEach((from, index) => {
    const to = edges[index + 1] ?? WEEK;
    // A period that began on Sunday goes on into Monday.
    const covering = placed.filter((one) => one.to !== undefined && ((one.from <= from && from < one.to) || (one.from <= from + WEEK && from + WEEK < one.to)));
    const period = covering.sort((a, b) => b.from - a.from || a.at - b.at)[0];
    const single = singles.findLast((one) => one.from <= from) ?? singles.at(-1);
    const counts = period ?? single;
    const day = Math.floor(from / DAY);
    const block = { day, from: from - day * DAY, to: to - day * DAY, value: counts ? counts.value : otherwise, slot: counts?.at };
    const last = blocks.at(-1);
    if (last && last.day === day && last.slot === block.slot && last.to === block.from) last.to = block.to;
    else blocks.push(block);
  });
  return blocks;
}
