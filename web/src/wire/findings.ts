// What the past shows that somebody should know, and how far the past itself is written.

import { all } from "./castellan";
import { ask } from "./http";
import type { Changed, Finding, PastProgress } from "./types";

export const progress = () => ask<PastProgress>("GET", "/api/history/progress");
export const findings = () => all<Finding>("/api/findings");
/** Makes a proposal of the rule that would mend it. */
export const propose = (finding: string) => ask<Changed>("POST", `/api/findings/${encodeURIComponent(finding)}/propose`, {});
