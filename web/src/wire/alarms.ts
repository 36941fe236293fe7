// Saying that a person has seen an alarm. Which there are comes by the socket.

import { ask } from "./http";
import type { Alarm } from "./types";

export const acknowledge = (alarm: string) => ask<Alarm>("POST", `/api/alarms/${encodeURIComponent(alarm)}/acknowledge`, {});
