// Switching rules.

import * as castellan from "../wire/castellan";
import { asFailure } from "../wire/http";
import type { Rule, RuleState } from "../wire/types";
import { useHome, withProposals, withReceipts } from "./home";
import { noteFailure } from "./session";

/** Makes a rule run, or stops it; throws what went wrong. Where policy asks, a proposal appears instead. */
export async function setRuleState(rule: Rule, state: RuleState): Promise<void> {
  try {
    const changed = await castellan.setRuleState(rule.id, state);
    const proposals = changed?.proposals ?? [];
    useHome.getState().change((site) => {
      const next = withProposals(withReceipts(site, changed?.receipts ?? []), proposals);
      const known = next.rules[rule.id];
      return proposals.length > 0 || !known ? next : { ...next, rules: { ...next.rules, [rule.id]: { ...known, state } } };
    });
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    throw failure;
  }
}
