// Switching rules.

import * as castellan from "../wire/castellan";
import { asFailure } from "../wire/http";
import type { RuleState } from "../wire/types";
import { useHome, withChanged } from "./home";
import { noteFailure } from "./session";

/** Makes a rule run, or stops it; throws what went wrong. Where policy asks, a proposal appears instead. */
export async function setRuleState(rule: string, state: RuleState): Promise<void> {
  try {
    const changed = await castellan.setRuleState(rule, state);
    useHome.getState().change((site) => withChanged(site, changed));
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    throw failure;
  }
}
