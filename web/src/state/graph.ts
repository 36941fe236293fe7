// A rule's graph as people see it: what each node is called and does, its ports, and what they carry now. Pure.

import { FLOW_WORDS } from "../lib/flowWords";
import { type Lang, pick, type Two } from "../lib/lang";
import { linesOf } from "../lib/label";
import { type Piece } from "../lib/layered";
import { span } from "../lib/time";
import { filled, text, WORDS, type Word } from "../lib/words";
import type { NodeSpec, Point, PortValue, RuleGraph, Trace, Value } from "../wire/types";
import { nameOf } from "./building";
import type { Site } from "./home";
import { pointWords, setting, sourceOf, words } from "./traces";

type Here = Pick<Site, "devices" | "points" | "spaces">;
export type GraphNode = RuleGraph["nodes"][number];
export type Specs = ReadonlyMap<string, NodeSpec>;

/** What a port is called within a graph. */
export const portKey = (node: string, port: string) => `${node} ${port}`;

/** What a port carries now: a value, or when it last gave a token. */
export type Live = ReadonlyMap<string, PortValue>;

/** How often an event was seen at a port. */
export type Pulses = ReadonlyMap<string, number>;

export const liveOf = (ports: readonly PortValue[]): Live => new Map(ports.map((port) => [portKey(port.node, port.port), port]));

/** A port that stands in a graph. */
export interface Port {
  name: string;
  kind: NodeSpec["inputs"][number]["kind"];
  /** Whether its name tells something that its place does not. */
  told: boolean;
}

const inNumber = (a: string, b: string) => a.localeCompare(b, "en", { numeric: true });

/** The inputs of a node: those of its kind, and of those that may be many the ones that something leads to. */
export function inputsOf(node: GraphNode, graph: Pick<RuleGraph, "edges">, spec: NodeSpec | undefined): Port[] {
  const led = [...new Set(graph.edges.filter(({ to }) => to.node === node.id).map(({ to }) => to.port))].sort(inNumber);
  const declared = spec?.inputs ?? [];
  const single = declared.filter(({ many, optional, name }) => !many && (!optional || led.includes(name)));
  const several = declared.find(({ many }) => many);
  const others = led.filter((name) => !declared.some((one) => !one.many && one.name === name));
  const told = single.length + (several ? 1 : 0) > 1 || several?.named === true;
  return [...single.map(({ name, kind }): Port => ({ name, kind, told })), ...others.map((name): Port => ({ name, kind: several?.kind ?? "value", told: told || !several }))];
}

export function outputsOf(node: GraphNode, graph: Pick<RuleGraph, "edges">, spec: NodeSpec | undefined): Port[] {
  if (spec) {
    const single = spec.outputs.filter(({ many }) => !many);
    const several = spec.outputs.find(({ many }) => many);
    const led = [...new Set(graph.edges.filter(({ from }) => from.node === node.id).map(({ from }) => from.port))].filter((name) => !single.some((one) => one.name === name)).sort(inNumber);
    const told = single.length + led.length > 1;
    return [...single.map(({ name, kind }): Port => ({ name, kind, told })), ...(several ? led.map((name): Port => ({ name, kind: several.kind, told: true })) : [])];
  }
  return [...new Set(graph.edges.filter(({ from }) => from.node === node.id).map(({ from }) => from.port))].map((name): Port => ({ name, kind: "value", told: true }));
}

export const isEvent = (kind: Port["kind"]) => kind === "event" || kind === "message";

/** What a kind of node is called. */
export const titleOf = (node: GraphNode, spec: NodeSpec | undefined, lang: Lang): string => (spec ? pick(spec.title, lang) : node.type);

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const isBilingual = (value: unknown): value is { zh: string; en: string } => isObject(value) && typeof value["zh"] === "string" && typeof value["en"] === "string";

/** What its parameters say, in a few words. */
export function summaryOf(node: GraphNode, graph: RuleGraph, here: Here, lang: Lang): string {
  const params = node.params ?? {};
  const target = typeof params["point"] === "string" ? here.points[params["point"]] : undefined;
  const source = sourceOf(graph, node.id);
  const measured = target ?? (source ? here.points[source] : undefined);
  const parts: string[] = [];
  // What is compared comes first, then how far back it has to come.
  for (const [key, value] of Object.entries(params).sort(([a], [b]) => Number(b === "op") - Number(a === "op"))) {
    if (key === "value" && "op" in params) continue;
    // Values are written with their unit; another one than the point's is told.
    if (key === "unit" && measured?.kind === "number" && value === measured.unit) continue;
    const part = told(key, value, params, target ?? measured, here, lang);
    if (part) parts.push(part);
  }
  return parts.join(" · ");
}

function told(key: string, value: unknown, params: Record<string, unknown>, point: Point | undefined, here: Here, lang: Lang): string {
  if (key === "op" && typeof value === "string") {
    const word = `op_${value}`;
    const limit = "value" in params ? words(point, params["value"] as Value, lang) : "";
    return word in WORDS ? text(word as Word, lang, { what: "", value: limit }).trim() : [value, limit].filter(Boolean).join(" ");
  }
  if (key === "hysteresis" && typeof value === "number") return filled(FLOW_WORDS.graphBackBy, lang, { value: words(point, value, lang) });
  if (key === "setting") return setting(value, point, lang);
  if (key.endsWith("_ms") && typeof value === "number") return span(value, lang);
  if (typeof value === "string") return named(value, here, lang);
  if (typeof value === "number") return words(point, value, lang);
  if (value === true) return key.replaceAll("_", " ");
  if (isBilingual(value)) return pick(value, lang);
  if (Array.isArray(value)) return value.every((one) => typeof one === "string" || typeof one === "number") ? value.map((one) => (typeof one === "string" ? named(one, here, lang) : String(one))).join(", ") : "";
  return "";
}

/** Tokens of parameters that have words here. */
const TOKENS: Readonly<Record<string, Two>> = {
  rising: FLOW_WORDS.token_rising,
  falling: FLOW_WORDS.token_falling,
  both: FLOW_WORDS.token_both,
};

/** A text as it stands; an id by the name of what it is of. */
function named(value: string, here: Here, lang: Lang): string {
  const token = TOKENS[value];
  if (token) return pick(token, lang);
  if (here.points[value]) return pick(pointWords(here, value), lang);
  const known = here.devices[value] ?? here.spaces[value];
  return known ? pick(nameOf(known.names), lang) : value;
}

/** Words that a drawing has room for. */
const TOKEN_CHARS = 14;

/** What a port carries, in words short enough for a drawing; nothing for an event. */
export function carried(port: PortValue | undefined, kind: Port["kind"], node: GraphNode, here: Here, lang: Lang): string {
  if (!port || isEvent(kind)) return "";
  if (port.value === null || port.value === undefined) return "?";
  const point = node.type === "point" && typeof node.params?.["point"] === "string" ? here.points[node.params["point"]] : undefined;
  if (typeof port.value === "boolean" && !point) return pick(FLOW_WORDS[port.value ? "yes" : "no"], lang);
  const whole = words(point, port.value, lang);
  return [...whole].length > TOKEN_CHARS ? `${[...whole].slice(0, TOKEN_CHARS - 1).join("")}…` : whole;
}

/** How a node is drawn: its lines of words and its ports, with their heights. */
export interface Figure extends Piece {
  node: GraphNode;
  title: string;
  lines: string[];
  ins: Port[];
  outs: Port[];
}

/** Room of a drawing between its nodes. */
export const SIZES = { width: 182, columnGap: 46, rowGap: 16 } as const;
export const FIGURE = { width: SIZES.width, pad: 12, head: 34, line: 18, row: 22, foot: 8, text: 13, lines: 2 } as const;

export function figureOf(node: GraphNode, graph: RuleGraph, specs: Specs, here: Here, lang: Lang): Figure {
  const spec = specs.get(node.type);
  const [ins, outs] = [inputsOf(node, graph, spec), outputsOf(node, graph, spec)];
  const lines = linesOf(summaryOf(node, graph, here, lang), (FIGURE.width - FIGURE.pad * 2) / FIGURE.text, FIGURE.lines);
  const ports = FIGURE.head + lines.length * FIGURE.line;
  const rows = Math.max(ins.length, outs.length, 1);
  const at = (list: readonly Port[]) => Object.fromEntries(list.map(({ name }, row) => [name, ports + row * FIGURE.row + FIGURE.row / 2]));
  return { id: node.id, node, title: titleOf(node, spec, lang), lines, ins, outs, height: ports + rows * FIGURE.row + FIGURE.foot, inputs: at(ins), outputs: at(outs) };
}

/** What failed in each node in the newest step in which it failed. */
export function errorsOf(traces: readonly Trace[]): ReadonlyMap<string, NonNullable<Trace["errors"]>[number]> {
  const found = new Map<string, NonNullable<Trace["errors"]>[number]>();
  for (const trace of traces) for (const error of trace.errors ?? []) if (!found.has(error.node)) found.set(error.node, error);
  return found;
}
