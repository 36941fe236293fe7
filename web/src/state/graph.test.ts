import { describe, expect, it } from "vitest";
import type { Device, NodeSpec, Point, RuleGraph, Trace } from "../wire/types";
import { carried, errorsOf, figureOf, inputsOf, outputsOf, summaryOf } from "./graph";
import { byId } from "./home";

const text = { zh: "", en: "" };
const port = (name: string, kind: NodeSpec["inputs"][number]["kind"], more: Partial<NodeSpec["inputs"][number]> = {}) => ({ name, kind, many: false, named: false, doc: text, ...more });
const spec = (type: string, inputs: NodeSpec["inputs"], outputs: NodeSpec["outputs"]) => ({ type, group: "logic", title: { zh: type, en: type }, doc: text, inputs, outputs, params: {}, examples: [], typeVersion: 1 }) as unknown as NodeSpec;

const AND = spec("and", [port("in", "bool", { many: true })], [port("out", "bool")]);
const GATE = spec("gate", [port("in", "event"), port("if", "bool"), port("extra", "value", { optional: true })], [port("out", "event"), port("else", "event")]);

const GRAPH: RuleGraph = {
  schemaVersion: 1,
  id: "ru",
  name: text,
  nodes: [
    { id: "p", type: "point", params: { point: "t" } },
    { id: "c", type: "compare", params: { hysteresis: 2, op: ">", unit: "Cel", value: 26 } },
    { id: "a", type: "and" },
    { id: "g", type: "gate" },
    { id: "d", type: "delay", params: { span_ms: 300_000, mode: "rising", loud: true, list: ["x", "y"] } },
  ],
  edges: [
    { from: { node: "p", port: "out" }, to: { node: "c", port: "in" } },
    { from: { node: "c", port: "out" }, to: { node: "a", port: "in10" } },
    { from: { node: "c", port: "out" }, to: { node: "a", port: "in2" } },
  ],
};
const HERE = {
  spaces: {},
  devices: byId<Device>([{ id: "dev", key: "d", kind: "x", product: "x", names: { zh: ["传感器"], en: ["Sensor"] }, points: [], space: null, online: true, disabled: false, route: "simulated", tags: [] }]),
  points: byId<Point>([{ id: "t", device: "dev", identifier: "t", kind: "number", unit: "Cel", names: { zh: ["温度"], en: ["Temperature"] }, assistant: "read", feedback: true, safety: "none", writable: false }]),
};
const node = (id: string) => GRAPH.nodes.find((one) => one.id === id) ?? { id: "", type: "" };

describe("a graph", () => {
  it("shows the inputs that something leads to, in the order of their numbers", () => {
    expect(inputsOf(node("a"), GRAPH, AND).map(({ name, told }) => [name, told])).toEqual([["in2", false], ["in10", false]]);
    expect(inputsOf(node("g"), GRAPH, GATE).map(({ name, told }) => [name, told])).toEqual([["in", true], ["if", true]]);
    expect(outputsOf(node("g"), GRAPH, GATE).map(({ name }) => name)).toEqual(["out", "else"]);
    expect(outputsOf(node("c"), GRAPH, undefined).map(({ name }) => name)).toEqual(["out"]);
  });

  it("says what parameters mean, in the unit of what is measured", () => {
    expect(summaryOf(node("p"), GRAPH, HERE, "en")).toBe("Sensor temperature");
    expect(summaryOf(node("c"), GRAPH, HERE, "zh")).toBe("高于 26°C · 回差 2°C");
    expect(summaryOf(node("d"), GRAPH, HERE, "en")).toBe("5 minutes · begins to hold · loud · x, y");
  });

  it("has room for every port of a node", () => {
    const figure = figureOf(node("g"), GRAPH, new Map([["gate", GATE]]), HERE, "en");
    expect(Object.values(figure.inputs).every((y) => y < figure.height)).toBe(true);
    expect(figure.inputs["if"]).toBeGreaterThan(figure.inputs["in"] ?? 0);
  });

  it("tells what a port carries: a value with its unit, yes or no, or that nobody knows", () => {
    expect(carried({ node: "p", port: "out", value: 26.5 }, "value", node("p"), HERE, "en")).toBe("26.5°C");
    expect(carried({ node: "a", port: "out", value: true }, "bool", node("a"), HERE, "zh")).toBe("是");
    expect(carried({ node: "a", port: "out", value: null }, "bool", node("a"), HERE, "en")).toBe("?");
    expect(carried({ node: "a", port: "out" }, "bool", node("a"), HERE, "en")).toBe("?");
    expect(carried({ node: "g", port: "out", fired: "x" }, "event", node("g"), HERE, "en")).toBe("");
  });

  it("marks the newest failure of a node", () => {
    const failed = (code: string): Trace => ({ rule: "ru", at: "x", entries: [], errors: [{ node: "c", code, text }] });
    expect(errorsOf([failed("new"), failed("old")]).get("c")?.code).toBe("new");
  });
});
