// What rules did, what they are made of, and playing them in a copy of the building.

import { all } from "./castellan";
import { ask } from "./http";
import type { Changed, NodeSpec, Play, RuleGraph, RuleWhole, Trace, TraceClass } from "./types";

const id = encodeURIComponent;

/** A rule with its graph. */
export const rule = (rule: string) => ask<RuleWhole>("GET", `/api/rules/${id(rule)}`);

/** What the newest steps of a rule, or of all rules, were. */
export const STEPS_MAX = 500;
const newest = async (query: string) => (await ask<{ items: Trace[] }>("GET", `/api/traces?limit=${STEPS_MAX}${query}`)).items;
export const traces = () => newest("");
/** Of one rule; those of a class are kept apart from the others, so that older ones of it are found. */
export const tracesOf = (rule: string, of?: TraceClass) => newest(`&rule=${id(rule)}${of ? `&class=${of}` : ""}`);

/** Runs a copy of the building ahead until the rule acts, so many hours at most. */
export const playRule = (rule: string, hours: number) => ask<Play>("POST", `/api/rules/${id(rule)}/play`, { hours });
export const playProposal = (proposal: string, hours: number) => ask<Play>("POST", `/api/proposals/${id(proposal)}/play`, { hours });

/** The kinds of nodes: ports, parameters, documentation. */
export const nodes = () => all<NodeSpec>("/api/nodes");

/** Runs a rule by hand: it begins at its `manual` nodes. */
export const runRule = (rule: string) => ask<Changed>("POST", `/api/rules/${id(rule)}/run`, {});

/** Proposes a rule, new or in place of the one with its id. */
export const propose = (graph: RuleGraph) => ask<Changed>("POST", "/api/rules", graph);
