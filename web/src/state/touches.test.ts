import { expect, it } from "vitest";
import type { Point, Receipt, Space } from "../wire/types";
import { byId } from "./home";
import { changed, commanded, floorFor } from "./touches";

const point = (id: string, value: boolean | number, writable = true): Point => ({ kind: "bool", id, identifier: id, device: `of ${id}`, assistant: "act", feedback: true, names: {}, safety: "none", writable, sample: { at: "2026-11-21T10:00:00Z", value } });
const receipt = (command: string, device: string, state: Receipt["state"]): Receipt => ({ at: "2026-11-21T10:00:00Z", command, device, point: "p", state, value: true });
const seen = (points: Point[], receipts: Receipt[] = []) => ({ points: byId(points), receipts: Object.fromEntries(receipts.map((one) => [one.command, one])) });

it("a command touches its device each time that its receipt moves on", () => {
  const before = seen([], [receipt("a", "lamp", "sent"), receipt("b", "lock", "sent")]);
  expect(commanded(seen([], [receipt("a", "lamp", "confirmed"), receipt("b", "lock", "sent"), receipt("c", "fan", "sent")]), before)).toEqual(["lamp", "fan"]);
  expect(commanded(before, before)).toEqual([]);
});

it("what can be set touches its device when it changes; what measures and what is new does not", () => {
  const before = seen([point("a", true), point("b", true), point("t", 20, false)]);
  expect(changed(seen([point("a", false), point("b", true), point("t", 21, false), point("new", true)]), before)).toEqual(["of a"]);
});

it("the floor of a commanded device is shown, unless one of them is in sight", () => {
  const space = (id: string, kind: Space["kind"], parent?: string): Space => ({ id, kind, names: { en: [id] }, tags: [], outline: [], ...(parent ? { parent } : {}) });
  const spaces = byId([space("First floor", "floor"), space("Second floor", "floor"), space("Hall", "room", "First floor"), space("Office", "room", "Second floor")]);
  const device = (id: string, at: string) => ({ id, key: id, product: "light", kind: "light", tags: [], names: {}, space: at, online: true, disabled: false, route: "simulated" as const, points: [] });
  const site = { spaces, devices: byId([device("a", "Hall"), device("b", "Office")]) };
  expect(floorFor(site, ["b"], "First floor")).toBe("Second floor");
  expect(floorFor(site, ["a", "b"], "Second floor")).toBe("Second floor");
  expect(floorFor(site, ["a", "b"], undefined)).toBe("First floor");
  expect(floorFor(site, ["b", "a"], undefined)).toBe("First floor");
  expect(floorFor(site, ["gone"], "First floor")).toBeUndefined();
});
