// What is known of an import: which format a text is of, and what its names mean here. Pure.

import type { ImportedRules, ImportWanted, RuleFormat } from "../wire/types";

/** Longest text that the server reads, in bytes. */
export const TEXT_BYTES_MAX = 200 * 1024;

/** The format that a text looks like; none when it could be anything. */
export function formatOf(text: string): RuleFormat | undefined {
  const trimmed = text.trim();
  if (/^select\b/i.test(trimmed)) return "sql";
  if (/^[[{]/.test(trimmed)) {
    if (/"schemaVersion"/.test(trimmed)) return "castellan";
    if (/"wires"|"type"\s*:\s*"tab"/.test(trimmed)) return "node_red";
    if (/"uri"\s*:\s*"(trigger|condition|action|logical)\//.test(trimmed)) return "alibaba";
    if (/"(trigger|triggers|blueprint)"\s*:/.test(trimmed)) return "home_assistant";
    return undefined;
  }
  return /^\s*-?\s*(alias|id|trigger|triggers|blueprint|automation)\s*:/m.test(trimmed) ? "home_assistant" : undefined;
}

/** A name of the other system for which somebody says what it is here. */
export interface Asked {
  name: string;
  wanted: ImportWanted;
}

/** What an id can stand for, by its prefix. */
const WANTED: Readonly<Record<string, ImportWanted>> = { sp: "space", sc: "scene", cn: "connection" };
export const wantedOf = (target: string): ImportWanted => WANTED[target.split("_")[0] ?? ""] ?? "point";

/** The names to ask for: those that were asked for before and still stand in the text, then new ones. */
export function asking(before: readonly Asked[], { matches, unmatched }: Pick<ImportedRules, "matches" | "unmatched">): Asked[] {
  const kept = before.filter(({ name }) => [...matches, ...unmatched].some((one) => one.name === name));
  return [...kept, ...unmatched.filter(({ name }) => !kept.some((one) => one.name === name))];
}
