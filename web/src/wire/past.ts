// What was: the past of a point, and how far the writing of a demo building's past is.

import { ask } from "./http";
import type { Past, PastProgress } from "./types";

/** How far back a line goes, in hours. */
export const SPANS = { day: 24, week: 168, month: 720 } as const;
export type SpanOf = keyof typeof SPANS;

export function past(point: string, span: SpanOf, now: number): Promise<Past> {
  const from = new Date(now - SPANS[span] * 3_600_000).toISOString();
  return ask<Past>("GET", `/api/points/${encodeURIComponent(point)}/history?${new URLSearchParams({ from, to: new Date(now).toISOString() })}`);
}

export const pastProgress = () => ask<PastProgress>("GET", "/api/history/progress");
