// What rules did, what they are made of, and playing them in a copy of the building.

import { ask } from "./http";
import type { Play, RuleWhole, Trace } from "./types";

const id = encodeURIComponent;

/** A rule with its graph. */
export const rule = (rule: string) => ask<RuleWhole>("GET", `/api/rules/${id(rule)}`);

/** What the newest steps of a rule, or of all rules, were. */
export const STEPS_MAX = 500;
const newest = async (query: string) => (await ask<{ items: Trace[] }>("GET", `/api/traces?limit=${STEPS_MAX}${query}`)).items;
export const traces = () => newest("");
export const tracesOf = (rule: string) => newest(`&rule=${id(rule)}`);

/** Runs a copy of the building ahead until the rule acts, so many hours at most. */
export const playRule = (rule: string, hours: number) => ask<Play>("POST", `/api/rules/${id(rule)}/play`, { hours });
export const playProposal = (proposal: string, hours: number) => ask<Play>("POST", `/api/proposals/${id(proposal)}/play`, { hours });
