// Switching rules, running one by hand, and proposing one.

import * as castellan from "../wire/castellan";
import { asFailure } from "../wire/http";
import * as wire from "../wire/rules";
import type { Changed, RuleGraph, RuleState } from "../wire/types";
import { useHome, withChanged } from "./home";
import { noteFailure } from "./session";

/** Makes a rule run, or stops it; throws what went wrong. Where policy asks, a proposal appears instead. */
export const setRuleState = (rule: string, state: RuleState): Promise<Changed> => done(castellan.setRuleState(rule, state));

/** Runs a rule by hand; throws what went wrong. */
export const runByHand = (rule: string): Promise<Changed> => done(wire.runRule(rule));

/** Proposes a rule; throws what went wrong, with every fault of the graph. */
export const proposeRule = (graph: RuleGraph): Promise<Changed> => done(wire.propose(graph));

async function done(request: Promise<Changed>): Promise<Changed> {
  try {
    const changed = await request;
    useHome.getState().change((site) => withChanged(site, changed));
    return changed;
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    throw failure;
  }
}
