import { describe, expect, it } from "vitest";
import { type Dot, nearest, path, scale, thinned, timeTicks, valueTicks } from "./timeline";

const HOUR = 3_600_000;
const dots = (...values: number[]): Dot[] => values.map((value, at) => ({ at, value }));

describe("ticks", () => {
  it.each([
    [0, 2 * HOUR, 4, [0, 0.5, 1, 1.5, 2]],
    [0.2 * HOUR, 48 * HOUR, 5, [12, 24, 36, 48]],
    [1 * HOUR, 3.5 * HOUR, 6, [1, 1.5, 2, 2.5, 3, 3.5]],
  ])("of time are round: %s to %s", (from, to, most, hours) => expect(timeTicks(from, to, most, 0)).toEqual(hours.map((hour) => hour * HOUR)));

  it("of time stand on the clock of the place", () => {
    // Eight hours before UTC's midnight it is midnight in Shanghai.
    expect(timeTicks(0, 24 * HOUR, 2, -480)).toEqual([4 * HOUR, 16 * HOUR]);
    for (const at of timeTicks(0, 5 * 24 * HOUR, 5, -480)) expect((at / HOUR + 8) % 24).toBe(0);
  });

  it.each([
    [21.3, 26.7, 4, [20, 22, 24, 26, 28]],
    [0, 0, 3, [0, 0.5]],
    [412, 1180, 4, [0, 500, 1_000, 1_500]],
    [-0.35, 0.12, 3, [-0.5, 0, 0.5]],
  ])("of values are round: %s to %s", (low, high, most, ticks) => expect(valueTicks(low, high, most).ticks).toEqual(ticks));
});

it("a line goes from dot to dot, or by steps", () => {
  const [x, y] = [scale(0, 2, 0, 200), scale(0, 10, 100, 0)];
  expect(path(dots(0, 5, 10), x, y, false)).toBe("M0 100L100 50L200 0");
  expect(path(dots(0, 5, 10), x, y, true)).toBe("M0 100H100V50H200V0");
  expect(scale(3, 3, 0, 50).place(3)).toBe(0);
});

it("thinning keeps the extremes", () => {
  const many = dots(...Array.from({ length: 1_000 }, (_, at) => (at === 417 ? 99 : at === 640 ? -7 : at % 3)));
  const few = thinned(many, 100);
  expect(few.length).toBeLessThanOrEqual(100);
  expect(few).toEqual(expect.arrayContaining([{ at: 417, value: 99 }, { at: 640, value: -7 }]));
  expect([...few].sort((a, b) => a.at - b.at)).toEqual(few);
});

it("nearest is by the direction of the limit", () => {
  expect(nearest(dots(1, 5, 3), ">")).toEqual({ at: 1, value: 5 });
  expect(nearest(dots(1, 5, 3), "<=")).toEqual({ at: 0, value: 1 });
  expect(nearest(dots(1, 5), "=")).toBeUndefined();
  expect(nearest([], ">")).toBeUndefined();
});
