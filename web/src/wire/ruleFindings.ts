// What the rules do together.

import { ask } from "./http";
import type { RuleFinding, RuleGraph } from "./types";

/** Of all rules in use, the worst first. */
export const ruleFindings = async () => (await ask<{ findings: RuleFinding[] }>("GET", "/api/rules/findings")).findings;

/** Of a rule that is only written down, alone and among those in use. */
export const findingsOf = async (graph: RuleGraph) => (await ask<{ findings: RuleFinding[] }>("POST", "/api/rules/findings", graph)).findings;
