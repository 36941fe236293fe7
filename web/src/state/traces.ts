// What a rule did, in words: its steps grouped by run, and each of them line by line. Pure.

import { type Lang, pick, type Two } from "../lib/lang";
import { span } from "../lib/time";
import { text, type Word } from "../lib/words";
import type { Point, RuleGraph, Trace, TraceClass, Value } from "../wire/types";
import { nameOf, valueWords } from "./building";
import type { Site } from "./home";

type Here = Pick<Site, "devices" | "points">;
type Node = RuleGraph["nodes"][number];

/** One run of a rule: everything from what set it off to its last command. */
export interface Run {
  key: string;
  at: string;
  /** The room or device of a rule that stands for several, else nothing. */
  instance: string;
  traces: Trace[];
  commands: string[];
}

/** What came of a step, the most important first. */
export const CLASSES: readonly TraceClass[] = ["failed", "acted", "ran", "changed"];

/** Steps before a run that still tell how it came about. */
const BEFORE_MAX = 4;

/** The runs in a list of steps, newest first; each with the steps that led to it. The list comes newest first too. */
export function runsOf(traces: readonly Trace[]): Run[] {
  const inOrder = [...traces].reverse();
  const runs: Run[] = [];
  let before: Trace[] = [];
  for (const trace of inOrder) {
    const known = trace.run ? runs.find((run) => run.key === trace.run) : undefined;
    const { commands = [], instance = "" } = trace;
    if (known) {
      known.traces.push(trace);
      known.commands.push(...commands);
    } else if (trace.run || commands.length > 0) {
      const led = before.filter((step) => (step.instance ?? "") === instance);
      runs.push({ key: trace.run ?? `${trace.at}`, at: trace.at, instance, traces: [...led.slice(-BEFORE_MAX), trace], commands: [...commands] });
      before = before.filter((step) => !led.includes(step));
    } else before.push(trace);
  }
  return runs.reverse();
}

/** Runs by rule: when each acted last, and how often within the steps that are known. */
export function lastRuns(traces: readonly Trace[]): Map<string, { at: string; count: number }> {
  const by = new Map<string, { at: string; count: number }>();
  for (const rule of new Set(traces.map((trace) => trace.rule))) {
    const runs = runsOf(traces.filter((trace) => trace.rule === rule && ((trace.commands?.length ?? 0) > 0 || trace.run)));
    const [newest] = runs;
    if (newest) by.set(rule, { at: newest.at, count: runs.length });
  }
  return by;
}

/** What a line is about, for its icon. */
export type LineKind = "report" | "yes" | "no" | "unknown" | "act" | "failed";

export interface Line {
  kind: LineKind;
  text: string;
}

const truth = (value: Value | null | undefined): LineKind => (value === true ? "yes" : value === false ? "no" : "unknown");

/** "Meeting room sensor temperature": what a point is called where its device does not stand beside it. */
export function pointWords(here: Here, id: string): Two {
  const point = here.points[id];
  const device = point && here.devices[point.device];
  const [of, what] = [nameOf(device?.names), nameOf(point?.names)];
  const en = what.en && !/^\p{Lu}{2,}/u.test(what.en) ? what.en.charAt(0).toLowerCase() + what.en.slice(1) : what.en;
  return { zh: of.zh && what.zh ? `${of.zh}的${what.zh}` : of.zh || what.zh || id, en: `${of.en} ${en}`.trim() || id };
}

/** A value of a point as it was at some moment, in words. */
export function words(point: Point | undefined, value: Value | null | undefined, lang: Lang): string {
  // The present words of the point are of another moment.
  const { words: _, ...plain } = point ?? ({} as Point);
  const told = valueWords(point && (plain as Point), value);
  return told ? pick(told, lang) : "?";
}

/** The point whose value comes into a node, through what only passes it on. */
export function sourceOf(graph: RuleGraph, node: string, depth = 8): string | undefined {
  const found = graph.nodes.find(({ id }) => id === node);
  if (found?.type === "point") return typeof found.params?.["point"] === "string" ? found.params["point"] : undefined;
  if (depth === 0) return undefined;
  const [edge] = graph.edges.filter(({ to }) => to.node === node);
  return edge && sourceOf(graph, edge.from.node, depth - 1);
}

/** "temperature above 26 °C", of a node that compares. */
function compared(node: Node, graph: RuleGraph, here: Here, lang: Lang): string {
  const source = sourceOf(graph, node.id);
  const point = source ? here.points[source] : undefined;
  const op = `op_${String(node.params?.["op"] ?? "=")}` as Word;
  const what = point ? pick(nameOf(point.names), lang) : node.id;
  return text(op, lang, { what, value: words(point, node.params?.["value"] as Value, lang) });
}

function entryLine(entry: Trace["entries"][number], trace: Trace, graph: RuleGraph, here: Here, lang: Lang): Line | undefined {
  const node = graph.nodes.find(({ id }) => id === entry.node);
  const kind = truth(entry.value);
  const judged = (what: string): Line => ({ kind, text: text(`step_${kind as "yes" | "no" | "unknown"}`, lang, { what }) });
  const length = typeof node?.params?.["span_ms"] === "number" ? span(node.params["span_ms"], lang) : "";
  switch (node?.type) {
    case "point": {
      const id = String(node.params?.["point"]);
      // The report that set the step off is told already.
      return id === trace.trigger?.point ? undefined : { kind: "report", text: text("step_reported", lang, { what: pick(pointWords(here, id), lang), value: words(here.points[id], entry.value, lang) }) };
    }
    case "compare":
      return judged(compared(node, graph, here, lang));
    case "and":
      return judged(text("step_all", lang));
    case "or":
      return judged(text("step_any", lang));
    case "not":
      return judged(text("step_not", lang));
    case "for_duration":
      if (kind === "unknown") return undefined;
      return { kind, text: text(kind === "yes" ? "step_held" : "step_held_not", lang, { span: length }) };
    case "edge": {
      const on = String(node.params?.["on"] ?? "rising");
      return { kind: "act", text: text(on === "falling" ? "step_falling" : on === "both" ? "step_both" : "step_rising", lang) };
    }
    case "delay":
      return { kind: "yes", text: text("step_waited", lang, { span: length }) };
    case "gate":
      return { kind: "yes", text: text("step_passed", lang) };
    case "mqtt_topic":
      return { kind: "report", text: text("step_message", lang, { topic: String(node.params?.["topic"] ?? node.params?.["filter"] ?? "") }) };
    case "json_field":
      return { kind: "report", text: text("step_field", lang, { path: String(node.params?.["path"] ?? ""), value: words(undefined, entry.value, lang) }) };
    default:
      return { kind, text: text("step_other", lang, { what: entry.node, value: words(undefined, entry.value, lang) }) };
  }
}

/** One step line by line: what was reported, what was decided, and that it acted. */
export function linesOf(trace: Trace, graph: RuleGraph, here: Here, lang: Lang): Line[] {
  const { trigger } = trace;
  const first: Line = trigger
    ? { kind: "report", text: text("step_reported", lang, { what: pick(pointWords(here, trigger.point), lang), value: words(here.points[trigger.point], trigger.value, lang) }) }
    : { kind: "report", text: text("step_time", lang) };
  const decided = trace.entries.flatMap((entry) => entryLine(entry, trace, graph, here, lang) ?? []);
  const failed = (trace.errors ?? []).map((error): Line => ({ kind: "failed", text: `${error.node}: ${pick(error.text, lang)}` }));
  const lines = [first, ...decided, ...failed, ...asks(trace, graph, here, lang)];
  // Names of points begin small in English; a line does not.
  return lines.map((line) => ({ ...line, text: line.text.charAt(0).toUpperCase() + line.text.slice(1) }));
}

/** What the commands of a step ask for, as the graph says it. */
function asks(trace: Trace, graph: RuleGraph, here: Here, lang: Lang): Line[] {
  const count = trace.commands?.length ?? 0;
  if (count === 0) return [];
  const moved = new Set(trace.entries.map((entry) => entry.node));
  const fed = (node: Node) => graph.edges.some(({ from, to }) => to.node === node.id && moved.has(from.node));
  const single = graph.nodes.filter((node) => node.type === "command" && typeof node.params?.["point"] === "string" && fed(node));
  if (single.length !== count) return [{ kind: "act", text: text("step_commands", lang, { n: count }) }];
  return single.map((node) => {
    const id = String(node.params?.["point"]);
    return { kind: "act", text: text("step_asks", lang, { what: pick(pointWords(here, id), lang), value: setting(node.params?.["setting"], here.points[id], lang) }) };
  });
}

/** What a command sets, in words. */
export function setting(wanted: unknown, point: Point | undefined, lang: Lang): string {
  if (wanted === "toggle") return text("step_toggle", lang);
  const to = wanted as { to?: Value; by?: number };
  if (to.to !== undefined) return words(point, to.to, lang);
  return to.by === undefined ? text("step_call", lang) : text("step_by", lang, { value: words(point, to.by, lang) });
}

/** A limit that a rule compares a point with. */
export interface Limit {
  point: string;
  op: string;
  value: number;
}

/** The limits by number that stand in a graph. */
export function limitsOf(graph: RuleGraph): Limit[] {
  return graph.nodes.flatMap((node) => {
    const value = node.params?.["value"];
    const point = node.type === "compare" ? sourceOf(graph, node.id) : undefined;
    return point && typeof value === "number" ? [{ point, op: String(node.params?.["op"] ?? "="), value }] : [];
  });
}
