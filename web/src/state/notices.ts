// What rules told people: what of it is shown at once, and saying that it was read. Pure functions first.

import type { Failure } from "../wire/http";
import { readNotices } from "../wire/notices";
import type { Notice } from "../wire/types";
import { asked } from "./devices";
import { useHome, withNotices } from "./home";

const LEVELS: readonly Notice["level"][] = ["info", "warning", "urgent"];

/** The more urgent and the newer first. */
export const inOrder = (notices: readonly Notice[]): Notice[] => [...notices].sort((a, b) => LEVELS.indexOf(b.level) - LEVELS.indexOf(a.level) || b.at.localeCompare(a.at));

/** How long a notice is told in front of the page; an urgent one stays until somebody says so. */
const TOLD_MS: Readonly<Record<Notice["level"], number>> = { info: 8_000, warning: 20_000, urgent: Infinity };
/** Notices that are told at once. */
const TOLD_MAX = 3;

/** What is told in front of the page: what came since it stands there, for a while. `since` is by when each came here. */
export function toldNow(notices: readonly Notice[], since: ReadonlyMap<string, number>, now: number): Notice[] {
  const fresh = notices.filter(({ id, level }) => {
    const came = since.get(id);
    return came !== undefined && now - came < TOLD_MS[level];
  });
  return inOrder(fresh).slice(0, TOLD_MAX);
}

/** Says that they were read; gives what went wrong. */
export async function read(ids: readonly string[]): Promise<Failure | undefined> {
  const answer = await asked(readNotices(ids));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withNotices(site, answer.ok));
  return undefined;
}
