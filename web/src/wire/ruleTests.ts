// What a rule would have done, does on trial, and does with a table of values.

import { ask, Failure } from "./http";
import type { Backtest, Diagnostic, RuleGraph, ScenarioRun, ShadowReport } from "./types";

const id = encodeURIComponent;

/** Runs a rule over the recorded values of so many days. */
export const backtestRule = (rule: string, days: number) => ask<Backtest>("POST", `/api/rules/${id(rule)}/backtest`, { range: { last: `${days}d` } });
export const backtestProposal = (proposal: string, days: number) => ask<Backtest>("POST", `/api/proposals/${id(proposal)}/backtest`, { range: { last: `${days}d` } });

/** A rule on trial beside what really happened. */
export const shadow = (rule: string) => ask<ShadowReport>("GET", `/api/rules/${id(rule)}/shadow`);

/** Runs a graph over a table of values. */
export const scenario = (graph: RuleGraph, table: string) => ask<ScenarioRun>("POST", "/api/rules/scenario", { graph, table });

/** A table in which nothing happens. */
const NOTHING = "| time |\n|---|\n| 0:00 |";

/** What the compiler finds wrong with a graph: it is run over a table in which nothing happens, and nothing is saved. */
export async function checked(graph: RuleGraph): Promise<Diagnostic[]> {
  try {
    await scenario(graph, NOTHING);
  } catch (thrown) {
    if (thrown instanceof Failure && thrown.code === "backtest.unfit") return thrown.diagnostics;
    if (!(thrown instanceof Failure && thrown.code === "scenario.table")) throw thrown;
  }
  return [];
}
