// Instants for people.

import type { Lang } from "./lang";
import { tagOf } from "./lang";

/** Time of day; with the date when it is another day than now. */
export function clock(at: string | number, now: number, lang: Lang): string {
  const date = new Date(at);
  if (Number.isNaN(date.getTime())) return "";
  const sameDay = date.toDateString() === new Date(now).toDateString();
  const options: Intl.DateTimeFormatOptions = { hour: "2-digit", minute: "2-digit", hour12: false };
  if (!sameDay) Object.assign(options, { month: "short", day: "numeric" });
  return new Intl.DateTimeFormat(tagOf(lang), options).format(date);
}

const STEPS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** "in 4 minutes", 4分钟后, "2 hours ago". */
export function relative(at: string, now: number, lang: Lang): string {
  const seconds = (Date.parse(at) - now) / 1_000;
  if (Number.isNaN(seconds)) return "";
  const format = new Intl.RelativeTimeFormat(tagOf(lang), { numeric: "auto" });
  for (const [unit, size] of STEPS) {
    if (Math.abs(seconds) >= size) return format.format(Math.trunc(seconds / size), unit);
  }
  return format.format(0, "second");
}
