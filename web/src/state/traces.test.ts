import { describe, expect, it } from "vitest";
import type { Device, Point, RuleGraph, Trace } from "../wire/types";
import { byId } from "./home";
import { lastRuns, limitsOf, linesOf, runsOf, sourceOf } from "./traces";

const GRAPH: RuleGraph = {
  schemaVersion: 1,
  id: "ru",
  name: { zh: "", en: "" },
  nodes: [
    { id: "s", type: "point", params: { point: "t" } },
    { id: "c", type: "compare", params: { op: ">", value: 26 } },
    { id: "h", type: "for_duration", params: { span_ms: 300_000 } },
    { id: "e", type: "edge", params: { on: "rising" } },
    { id: "a", type: "command", params: { point: "ac", setting: { to: true } } },
  ],
  edges: [
    { from: { node: "s", port: "out" }, to: { node: "c", port: "in" } },
    { from: { node: "c", port: "out" }, to: { node: "h", port: "in" } },
    { from: { node: "h", port: "out" }, to: { node: "e", port: "in" } },
    { from: { node: "e", port: "out" }, to: { node: "a", port: "in" } },
  ],
};

const device = (id: string, zh: string, en: string): Device => ({ id, key: id, kind: "x", product: "x", names: { zh: [zh], en: [en] }, points: [], space: null, online: true, disabled: false, route: "simulated", tags: [] });
const HERE = {
  devices: byId([device("d", "会议室传感器", "Meeting room sensor"), device("a", "会议室空调", "Meeting room AC")]),
  points: byId<Point>([
    { id: "ac", device: "a", identifier: "p", kind: "bool", names: { zh: ["开关"], en: ["power"] }, assistant: "act", feedback: true, safety: "comfort", writable: true },
    { id: "t", device: "d", identifier: "t", kind: "number", unit: "Cel", names: { zh: ["温度"], en: ["Temperature"] }, assistant: "read", feedback: true, safety: "none", writable: false, sample: { at: "x", value: 26.5 }, words: { zh: "现在", en: "now" } }]),
};

const seen = (at: string, value: number): Trace => ({ rule: "ru", at, trigger: { point: "t", value }, entries: [{ node: "s", port: "out", value }, { node: "c", port: "out", value: value > 26 }] });
const ran = (at: string, run: string, commands: string[] = []): Trace => ({ rule: "ru", run, at, entries: [{ node: "h", port: "out", value: true }, { node: "e", port: "out" }], commands });

describe("runs", () => {
  // The newest stands first, as the server gives them.
  const traces = [ran("5", "r2", ["c3"]), seen("4", 27), ran("3", "r1", ["c2"]), ran("2", "r1", ["c1"]), seen("1", 26.5), seen("0", 25)];

  it("have the steps before them and all of their own", () =>
    expect(runsOf(traces).map(({ at, traces, commands }) => [at, traces.map((trace) => trace.at).join(""), commands])).toEqual([
      ["5", "45", ["c3"]],
      ["2", "0123", ["c1", "c2"]],
    ]));

  it("are counted by rule", () => {
    expect(lastRuns(traces).get("ru")).toEqual({ at: "5", count: 2 });
    expect(lastRuns([seen("0", 25)]).size).toBe(0);
  });
});

describe("a step in words", () => {
  const texts = (trace: Trace, lang: "zh" | "en") => linesOf(trace, GRAPH, HERE, lang).map((line) => `${line.kind} ${line.text}`);

  it("says what was reported and decided", () => {
    expect(texts(seen("1", 26.5), "en")).toEqual(["report Meeting room sensor temperature is 26.5°C", "yes Temperature above 26°C: yes"]);
    expect(texts(seen("0", 25), "zh")).toEqual(["report 会议室传感器的温度为 25°C", "no 温度高于 26°C：否"]);
  });

  it("says that it acted, by time too", () => expect(texts(ran("2", "r"), "en")).toEqual(["report Its time had come", "yes It has held for 5 minutes", "act It begins to hold, so the rule acts"]));

  it("says what it asked for, as far as the graph tells", () => {
    expect(texts(ran("2", "r", ["c1"]), "zh").at(-1)).toBe("act 会议室空调的开关：开");
    expect(texts(ran("2", "r", ["c1", "c2"]), "en").at(-1)).toBe("act 2 commands were sent");
  });

  it("shows a node that is not in the graph any more by its name", () => {
    const gone: Trace = { rule: "ru", at: "1", entries: [{ node: "gone", port: "out", value: 4 }] };
    expect(texts(gone, "en")).toEqual(["report Its time had come", "unknown Gone: 4"]);
  });
});

it("limits and sources are found through what passes values on", () => {
  expect(limitsOf(GRAPH)).toEqual([{ point: "t", op: ">", value: 26 }]);
  expect(sourceOf(GRAPH, "a")).toBe("t");
  expect(sourceOf({ ...GRAPH, edges: [] }, "a")).toBeUndefined();
});
