// The alarms as the page has them. Pure functions first, the store at the end.

import { create } from "zustand";
import * as wire from "../wire/alarms";
import { asFailure, type Failure } from "../wire/http";
import type { Alarm } from "../wire/types";
import { type Site, useHome } from "./home";
import { ALARMS } from "./plan";
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

/** What would raise or end an alarm: states of alarm points, and which devices can be reached. A text to compare. */
export function alarmKey({ points, devices }: Pick<Site, "points" | "devices">): string {
  const raised = Object.values(points).flatMap((point) => ((ALARMS as readonly (string | null | undefined)[]).includes(point.trait) ? `${point.id}${point.sample?.value}` : []));
  const away = Object.values(devices).flatMap((device) => (device.online === false ? device.id : []));
  return [...raised, ...away].join();
}

interface Alarms {
  alarms: readonly Alarm[];
  acknowledging: Readonly<Record<string, true | Failure>>;
}

export const useAlarms = create<Alarms>(() => ({ alarms: [], acknowledging: {} }));

/** Reads the open alarms; those that were shown stay when the server cannot be reached. */
export async function readAlarms(): Promise<void> {
  try {
    useAlarms.setState({ alarms: ordered(await wire.openAlarms()) });
  } catch (thrown) {
    noteFailure(asFailure(thrown));
  }
}

/** Takes in one alarm as it is now. */
export function learnAlarm(alarm: Alarm): void {
  useAlarms.setState(({ alarms }) => ({ alarms: ordered([...alarms.filter(({ id }) => id !== alarm.id), alarm]) }));
}

/** Says that a person has seen it. */
export async function acknowledge(alarm: string): Promise<void> {
  const mark = (state: true | Failure | undefined) =>
    useAlarms.setState(({ acknowledging: { [alarm]: _, ...rest } }) => ({ acknowledging: state ? { ...rest, [alarm]: state } : rest }));
  mark(true);
  try {
    learnAlarm(await wire.acknowledge(alarm));
    mark(undefined);
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    mark(failure);
  }
}

/** Devices report in bursts: alarms are read once after them. */
const SETTLE_MS = 400;
let settling: ReturnType<typeof setTimeout> | undefined;
let known: string | undefined;

useHome.subscribe((now, before) => {
  if (now.loaded !== "yes" || (now.points === before.points && now.devices === before.devices && before.loaded === "yes")) return;
  const key = alarmKey(now);
  if (key === known) return;
  known = key;
  clearTimeout(settling);
  settling = setTimeout(() => void readAlarms(), SETTLE_MS);
});
