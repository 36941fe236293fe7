import { describe, expect, it } from "vitest";
import type { Changed, Point, Receipt } from "../wire/types";
import { answered, heard, isOpen, isUndone, shownValue, type Wish } from "./commands";
import { controlsOf, mainOf, onGrid, stepOf } from "./controls";

const base = { assistant: "act", device: "d", feedback: true, names: {}, safety: "comfort", writable: true } as const;
const bool = (id: string, trait: string, more: Partial<Point> = {}): Point => ({ ...base, kind: "bool", id, identifier: id, trait, ...more }) as Point;
const number = (id: string, trait: string, more: Partial<Extract<Point, { kind: "number" }>> = {}): Point => ({ ...base, kind: "number", unit: "%", min: 0, max: 100, id, identifier: id, trait, ...more });
const token = (id: string, trait: string): Point => ({ ...base, kind: "enum", tokens: [], id, identifier: id, trait });
const service = (id: string, trait: string): Point => ({ ...base, kind: "service", writable: false, id, identifier: id, trait });

const shape = (points: Point[]) => controlsOf(points).map(({ is, point }) => `${is} ${point.id}`);

describe("controls", () => {
  it("follow from kind and trait", () => {
    expect(shape([number("b", "brightness"), bool("p", "on_off"), token("c", "colour"), number("k", "colour_temperature"), number("w", "measure.power", { writable: false })])).toEqual(["switch p", "slider b", "white k", "colour c", "reading w"]);
    expect(shape([token("m", "mode"), number("s", "setpoint"), bool("p", "on_off"), number("t", "measure.temperature", { writable: false })])).toEqual(["switch p", "stepper s", "choice m", "reading t"]);
    expect(shape([bool("l", "lock")])).toEqual(["lock l"]);
    expect(shape([bool("v", "opening")])).toEqual(["opening v"]);
    expect(shape([{ ...base, kind: "number", unit: "1", id: "n", identifier: "n" }])).toEqual(["number n"]);
  });

  it("take the services that belong to them", () => {
    expect(controlsOf([number("pos", "position"), service("s", "stop")])).toMatchObject([{ is: "cover", stop: { id: "s" } }]);
    expect(controlsOf([token("p", "playback"), service("n", "next"), service("b", "previous")])).toMatchObject([{ is: "media", next: { id: "n" }, previous: { id: "b" } }]);
    expect(shape([service("s", "stop")])).toEqual(["button s"]);
    expect(shape([service("a", "activate")])).toEqual(["button a"]);
  });

  it("are readings where nothing may be written", () => {
    expect(shape([bool("p", "on_off", { writable: false }), bool("h", "on_off", { assistant: "hidden" })])).toEqual(["reading p", "reading h"]);
  });

  it("have one that is used most", () => {
    expect(mainOf(controlsOf([number("b", "brightness"), bool("p", "on_off")]))?.is).toBe("switch");
    expect(mainOf(controlsOf([number("t", "measure.temperature", { writable: false })]))).toBeUndefined();
  });

  it("step on their own grid", () => {
    expect(onGrid({ min: 16, max: 30, step: 0.5 }, 22.7)).toBe(22.5);
    expect(onGrid({ min: 16, max: 30, step: 0.5 }, 99)).toBe(30);
    expect(onGrid({ min: 2_000, max: 6_500, step: 50 }, 2_704)).toBe(2_700);
    expect(stepOf({ min: 0, max: 50 })).toBe(0.5);
    expect(stepOf({})).toBe(1);
  });
});

describe("a wish", () => {
  const wish: Wish = { turn: 1, value: true, state: "sending", known: ["old"] };
  const nothing: Changed = { proposals: [], receipts: [], refusals: [], rules: [] };
  const receipt = (command: string, state: Receipt["state"]): Receipt => ({ at: "2026-11-21T10:00:00Z", command, device: "d", point: "p", state, value: true });

  it("is shown while it is on its way, and the device's word afterwards", () => {
    const point = bool("p", "on_off", { sample: { at: "2026-11-21T10:00:00Z", value: false } });
    expect(shownValue(point, undefined)).toBe(false);
    expect(shownValue(point, wish)).toBe(true);
    expect(shownValue(point, { ...wish, state: "timed_out" })).toBe(false);
    expect(isOpen({ ...wish, state: "confirmed" })).toBe(false);
    expect([isUndone(wish), isUndone({ ...wish, state: "asked" }), isUndone({ ...wish, state: "confirmed" })]).toEqual([false, true, false]);
  });

  it("ends as its receipt says, or in a question to a person, or refused", () => {
    const text = { zh: "太热", en: "too hot" };
    expect(answered(wish, "p", { ...nothing, receipts: [receipt("new", "confirmed")] }).state).toBe("confirmed");
    expect(answered(wish, "p", { ...nothing, refusals: [{ reason: "out_of_range", text }] })).toMatchObject({ state: "refused", why: text });
    expect(answered(wish, "p", { ...nothing, proposals: [{} as Changed["proposals"][number]] }).state).toBe("asked");
    expect(answered(wish, "p", nothing).state).toBe("confirmed");
  });

  it("hears of its own receipt only", () => {
    expect(heard(wish, "p", { old: receipt("old", "confirmed") })).toBe(wish);
    expect(heard(wish, "p", { old: receipt("old", "confirmed"), new: receipt("new", "sent") }).state).toBe("sent");
    expect(heard({ ...wish, state: "confirmed" }, "p", { new: receipt("new", "timed_out") }).state).toBe("confirmed");
  });
});
