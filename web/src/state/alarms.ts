// The alarms as the page has them. Pure functions first, the store at the end.

import { create } from "zustand";
import * as wire from "../wire/alarms";
import { asFailure, type Failure } from "../wire/http";
import type { Alarm } from "../wire/types";
import { type Site, useHome } from "./home";
import { noteFailure } from "./session";

const SEVERITIES: readonly Alarm["severity"][] = ["indeterminate", "warning", "minor", "major", "critical"];

/** Whether it still concerns anybody. */
export const isOpen = (alarm: Alarm) => alarm.state === "active" || !alarm.acknowledged;

/** Nobody has seen it: it is told loudly. */
export const isPressing = (alarm: Alarm) => !alarm.acknowledged;

/** Those that concern somebody: unseen before seen, then by danger, lasting before over, the newest first. */
export function ordered(alarms: readonly Alarm[]): Alarm[] {
  const rank = (alarm: Alarm) => [Number(isPressing(alarm)), SEVERITIES.indexOf(alarm.severity), Number(alarm.state === "active"), Date.parse(alarm.last)];
  return alarms.filter(isOpen).sort((a, b) => {
    const [left, right] = [rank(a), rank(b)];
    const at = left.findIndex((n, i) => n !== right[i]);
    return at < 0 ? a.id.localeCompare(b.id) : (right[at] ?? 0) - (left[at] ?? 0);
  });
}

/** The device that an alarm is about; none for a rule's. */
export function deviceOf({ source }: Pick<Alarm, "source">, points: Site["points"]): string | undefined {
  if ("device" in source) return source.device;
  return "point" in source ? points[source.point]?.device : undefined;
}

interface Acknowledging {
  acknowledging: Readonly<Record<string, true | Failure>>;
}

/** What became of saying that one has seen them. */
export const useAcknowledging = create<Acknowledging>(() => ({ acknowledging: {} }));

/** Says that a person has seen it. */
export async function acknowledge(alarm: string): Promise<void> {
  const mark = (state: true | Failure | undefined) =>
    useAcknowledging.setState(({ acknowledging: { [alarm]: _, ...rest } }) => ({ acknowledging: state ? { ...rest, [alarm]: state } : rest }));
  mark(true);
  try {
    const seen = await wire.acknowledge(alarm);
    useHome.getState().change(({ alarms }) => ({ alarms: { ...alarms, [seen.id]: seen } }));
    mark(undefined);
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    mark(failure);
  }
}
