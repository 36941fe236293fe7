import { expect, it } from "vitest";
import type { Alarm, Point } from "../wire/types";
import { deviceOf, isPressing, ordered } from "./alarms";

const seen = { at: "2026-11-21T10:05:00Z", by: { kind: "person", name: "Li", role: "owner", channel: "ui" } } as const;
const alarm = (id: string, severity: Alarm["severity"], state: Alarm["state"], more: Partial<Alarm> = {}): Alarm => ({
  ...{ id, code: "point.leak", source: { point: "p" }, severity, state, text: { zh: "漏水", en: "Water leak" }, count: 1, raised: "2026-11-21T10:00:00Z", last: "2026-11-21T10:00:00Z" },
  ...more,
});

it("what nobody has seen comes first, then what is dangerous, then what lasts", () => {
  const alarms = [
    alarm("seen and over", "critical", "cleared", { acknowledged: seen }),
    alarm("seen", "critical", "active", { acknowledged: seen }),
    alarm("over", "major", "cleared"),
    alarm("minor", "minor", "active"),
    alarm("major", "major", "active"),
    alarm("newer", "major", "active", { last: "2026-11-21T11:00:00Z" }),
  ];
  expect(ordered(alarms).map(({ id }) => id)).toEqual(["newer", "major", "over", "minor", "seen"]);
  expect(ordered(alarms).filter(isPressing).length).toBe(4);
});

it("an alarm leads to its device", () => {
  const points = { p: { device: "d" } as Point };
  expect(deviceOf(alarm("a", "major", "active"), points)).toBe("d");
  expect(deviceOf(alarm("a", "major", "active", { source: { device: "e" } }), points)).toBe("e");
  expect(deviceOf(alarm("a", "major", "active", { source: { rule: "r" } }), points)).toBeUndefined();
});
