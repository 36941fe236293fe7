import { describe, expect, it } from "vitest";
import { portKey } from "./graph";
import { NOTHING, seenAfter } from "./live";

const port = (node: string, value?: number, fired?: string) => ({ node, port: "out", ...(value === undefined ? {} : { value }), ...(fired ? { fired } : {}) });

describe("values of a rule", () => {
  it("are all at first, and then those that change", () => {
    const first = seenAfter(NOTHING, { type: "values", rule: "r", runs: true, whole: true, ports: [port("a", 1), port("b", 2)] });
    const next = seenAfter(first, { type: "values", rule: "r", runs: true, whole: false, ports: [port("b", 3)] });
    expect([next.live.get(portKey("a", "out"))?.value, next.live.get(portKey("b", "out"))?.value, next.runs]).toEqual([1, 3, true]);
  });

  it("count the events that happen while they are looked at", () => {
    const first = seenAfter(NOTHING, { type: "values", rule: "r", runs: true, whole: true, ports: [port("e", undefined, "1")] });
    expect(first.pulses.size).toBe(0);
    const again = seenAfter(first, { type: "values", rule: "r", runs: true, whole: false, ports: [port("e", undefined, "1")] });
    expect(again.pulses.size).toBe(0);
    const next = seenAfter(again, { type: "values", rule: "r", runs: true, whole: false, ports: [port("e", undefined, "2")] });
    expect(next.pulses.get(portKey("e", "out"))).toBe(1);
  });

  it("are none where the rule is not to be seen, and why is told", () => {
    expect(seenAfter(NOTHING, { type: "unwatched", rule: "r", why: { zh: "不", en: "no" } })).toEqual({ ...NOTHING, why: { zh: "不", en: "no" } });
  });
});
