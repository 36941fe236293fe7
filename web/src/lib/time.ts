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

/** The label of an instant on an axis: the day at midnight, otherwise the time. */
export function dayOrTime(at: number, lang: Lang): string {
  const date = new Date(at);
  const midnight = date.getHours() === 0 && date.getMinutes() === 0;
  return new Intl.DateTimeFormat(tagOf(lang), midnight ? { month: "short", day: "numeric" } : { hour: "2-digit", minute: "2-digit", hour12: false }).format(date);
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

const PARTS: [Intl.NumberFormatOptions["unit"], number][] = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
];

/** A length of time by its two largest parts: "1 hour 30 minutes", 1小时30分钟. */
export function span(ms: number, lang: Lang): string {
  let rest = Math.round(ms / 1_000);
  const parts: string[] = [];
  for (const [unit, size] of PARTS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count === 0 || unit === undefined || parts.length === 2) continue;
    parts.push(new Intl.NumberFormat(tagOf(lang), { style: "unit", unit, unitDisplay: "long" }).format(count));
  }
  if (parts.length === 0) parts.push(new Intl.NumberFormat(tagOf(lang), { style: "unit", unit: "second", unitDisplay: "long" }).format(0));
  return parts.join(lang === "zh" ? "" : " ");
}
