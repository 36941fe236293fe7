// Alarms: what somebody should know, and who has seen it.

import { all } from "./castellan";
import { ask } from "./http";
import type { Alarm } from "./types";

/** Those that last or that nobody has seen: the others are over. */
export async function openAlarms(): Promise<Alarm[]> {
  const [lasting, unseen] = await Promise.all([all<Alarm>("/api/alarms", { state: "active" }), all<Alarm>("/api/alarms", { acknowledged: "false" })]);
  return [...new Map([...lasting, ...unseen].map((alarm) => [alarm.id, alarm])).values()];
}

export const acknowledge = (alarm: string) => ask<Alarm>("POST", `/api/alarms/${encodeURIComponent(alarm)}/acknowledge`, {});
