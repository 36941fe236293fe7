// Timers, reminders, commands for later, and lists. How they are comes by the socket.

import { ask } from "./http";
import type { List, ListChange, Names, TimerChange, TimerView } from "./types";

export const startTimer = (after_ms: number, text: string) => ask<TimerView>("POST", "/api/timers", { purpose: "timer", end: { after_ms }, text });
export const changeTimer = (id: string, change: TimerChange) => ask<TimerView>("PATCH", `/api/timers/${id}`, { change });
export const createList = (names: Names) => ask<List>("POST", "/api/lists", { names });
export const changeList = (id: string, change: ListChange) => ask<List>("POST", `/api/lists/${id}/change`, change);
export const removeList = (id: string) => ask<undefined>("DELETE", `/api/lists/${id}`);
