import { expect, it } from "vitest";
import type { Point, Scene } from "../wire/types";
import { byId } from "./home";
import { inForce, ranTo } from "./scenes";

const words = { zh: "", en: "" };
const scene = (...acts: [string, Scene["acts"][number]["value"]][]): Scene => ({ id: "s", names: {}, active: false, acts: acts.map(([point, value]) => ({ point, value, words })) });
const point = (id: string, value: boolean | number, kind: "bool" | "service" = "bool"): Point => ({ kind, id, identifier: id, device: "d", assistant: "act", feedback: true, names: {}, safety: "none", writable: true, sample: { at: "2026-11-21T10:00:00Z", value } });

it("a scene is in force when everything is as it says", () => {
  const points = byId([point("a", true), point("b", false), point("call", true, "service")]);
  expect(inForce(scene(["a", true], ["b", false]), points)).toBe(true);
  expect(inForce(scene(["a", true], ["b", true]), points)).toBe(false);
  expect(inForce(scene(["a", true], ["gone", true]), points)).toBe(false);
  expect(inForce(scene(["a", true], ["call", {}]), points)).toBe(true);
  expect(inForce(scene(["call", {}]), points)).toBe(false);
});

it("a run says whether all of it was done", () => {
  const nothing = { proposals: [], refusals: [], receipts: [] };
  expect(ranTo({ ...nothing, receipts: [{ state: "confirmed" }] })).toBe("done");
  expect(ranTo({ ...nothing, receipts: [{ state: "confirmed" }, { state: "timed_out" }] })).toBe("partly");
  expect(ranTo({ ...nothing, refusals: [{}] })).toBe("partly");
  expect(ranTo({ ...nothing, proposals: [{}] })).toBe("asked");
});
