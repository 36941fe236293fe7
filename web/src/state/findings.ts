// What the past shows, read once it is written; what a person has put aside is remembered by this browser.

import { create } from "zustand";
import * as wire from "../wire/findings";
import type { Finding, PastProgress } from "../wire/types";
import { asked } from "./devices";
import { useHome, withChanged } from "./home";

/** While the past is being written it is looked often, then seldom: findings are renewed daily. */
const LOOK_WRITING_MS = 2_000;
const LOOK_FRESH_MS = 10_000;
const LOOK_LATER_MS = 600_000;
/** So often it is looked soon again: the writing begins a little after the server, and looking through it takes a while. */
const FRESH_LOOKS = 30;

const ASIDE_KEY = "castellan.findings.aside";
/** Ids that are remembered as put aside; the oldest go first. */
const ASIDE_MAX = 100;

interface Findings {
  progress: PastProgress | undefined;
  findings: readonly Finding[];
  aside: readonly string[];
  /** The proposal that was made of a finding on this page. */
  proposed: Readonly<Record<string, string>>;
}

function recalled(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(ASIDE_KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((id): id is string => typeof id === "string") : [];
  } catch {
    return [];
  }
}

export const useFindings = create<Findings>(() => ({ progress: undefined, findings: [], aside: recalled(), proposed: {} }));

/** The one finding to show: the costliest that was not put aside. */
export function first({ findings, aside }: Pick<Findings, "findings" | "aside">): Finding | undefined {
  const open = findings.filter((finding) => !aside.includes(finding.id));
  return open.sort((a, b) => b.cost.amount - a.cost.amount || (a.id < b.id ? -1 : 1))[0];
}

/** Does not show a finding any more, here. */
export function putAside(id: string): void {
  const aside = [...useFindings.getState().aside.filter((one) => one !== id), id].slice(-ASIDE_MAX);
  useFindings.setState({ aside });
  try {
    localStorage.setItem(ASIDE_KEY, JSON.stringify(aside));
  } catch {
    // A browser that keeps nothing shows it again next time.
  }
}

/** Asks for the proposal of a finding; the card of the proposal takes its place. */
export async function propose(finding: Finding) {
  const answer = await asked(wire.propose(finding.id));
  if ("failure" in answer) return answer.failure;
  useHome.getState().change((site) => withChanged(site, answer.ok));
  const [proposal] = answer.ok.proposals;
  if (proposal) useFindings.setState((known) => ({ proposed: { ...known.proposed, [finding.id]: proposal.id } }));
  return undefined;
}

let watchers = 0;
let timer: ReturnType<typeof setTimeout> | undefined;
let looks = 0;

/** Keeps progress and findings up to date while somebody looks; gives back how to stop. */
export function watch(): () => void {
  watchers += 1;
  if (watchers === 1) void look();
  return () => {
    watchers -= 1;
    if (watchers === 0) clearTimeout(timer);
  };
}

async function look(): Promise<void> {
  const progress = await asked(wire.progress());
  let wait = LOOK_LATER_MS;
  if ("ok" in progress) {
    useFindings.setState({ progress: progress.ok });
    if (progress.ok.state === "running") wait = LOOK_WRITING_MS;
    else {
      const found = await asked(wire.findings());
      if ("ok" in found) useFindings.setState({ findings: found.ok });
      looks += 1;
      if (looks < FRESH_LOOKS && "ok" in found && found.ok.length === 0) wait = LOOK_FRESH_MS;
    }
  }
  clearTimeout(timer);
  if (watchers > 0) timer = setTimeout(() => void look(), wait);
}
