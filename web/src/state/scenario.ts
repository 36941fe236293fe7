// What the table of a scenario begins with: the points that a rule looks at, as they are now. Pure.

import type { Grid } from "../lib/grid";
import type { RuleGraph, Value } from "../wire/types";
import type { Site } from "./home";

/** A value as it is written in a cell. */
export const cellOf = (value: Value | null | undefined): string => (value === null || value === undefined ? "?" : typeof value === "object" ? JSON.stringify(value) : String(value));

/** A table to begin with: now, and the same five minutes later. */
export function firstGrid(graph: RuleGraph, points: Site["points"]): Grid {
  const columns = graph.nodes.flatMap((node) => (node.type === "point" && typeof node.params?.["point"] === "string" ? [node.params["point"]] : []));
  const own = [...new Set(columns)];
  return {
    columns: own,
    expects: false,
    rows: [
      { time: "0:00", cells: Object.fromEntries(own.map((id) => [id, cellOf(points[id]?.sample?.value)])), expected: "" },
      { time: "5:00", cells: {}, expected: "" },
      { time: "10:00", cells: {}, expected: "" },
    ],
  };
}
