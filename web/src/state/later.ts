// Timers and lists: what is left, in which order they stand, and changing them. Pure functions first.

import type { Failure } from "../wire/http";
import * as wire from "../wire/later";
import type { List, ListChange, Timer, TimerChange } from "../wire/types";
import { asked } from "./devices";
import { useHome, withList, withTimer } from "./home";

/** What is left of a timer, in milliseconds. */
export function left(timer: Timer, now: number): number {
  if ("running" in timer.state) return Math.max(0, Date.parse(timer.state.running.due) - now);
  return "paused" in timer.state ? timer.state.paused.left_ms : 0;
}

/** The next one first. */
export const nextFirst = (timers: readonly Timer[], now: number): Timer[] => [...timers].sort((a, b) => left(a, now) - left(b, now));

/** What is open stands above what is done; each in the order in which it was written down. */
export const openFirst = (list: List): List["items"] => [...list.items.filter((item) => !item.done), ...list.items.filter((item) => item.done)];

/** The list with one item done or not. */
export const ticked = (list: List, { text, done }: { text: string; done: boolean }): List => ({ ...list, items: list.items.map((item) => (item.text === text ? { ...item, done } : item)) });

export async function setTimer(ms: number, text: string): Promise<Failure | undefined> {
  const answer = await asked(wire.startTimer(ms, text));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withTimer(site, answer.ok.timer));
  return undefined;
}

export async function changeTimer(id: string, change: TimerChange): Promise<Failure | undefined> {
  const answer = await asked(wire.changeTimer(id, change));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withTimer(site, answer.ok.timer));
  return undefined;
}

export async function changeList(id: string, change: ListChange): Promise<Failure | undefined> {
  const answer = await asked(wire.changeList(id, change));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withList(site, id, answer.ok));
  return undefined;
}

export async function createList(name: string): Promise<Failure | undefined> {
  const answer = await asked(wire.createList({ [/\p{Script=Han}/u.test(name) ? "zh" : "en"]: [name] }));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withList(site, answer.ok.id, answer.ok));
  return undefined;
}

export async function removeList(id: string): Promise<Failure | undefined> {
  const answer = await asked(wire.removeList(id));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withList(site, id, undefined));
  return undefined;
}
