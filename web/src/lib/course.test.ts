import { describe, expect, it } from "vitest";
import { pieces, stretches } from "./course";

const at = (minutes: number) => new Date(minutes * 60_000).toISOString();
const course = <V>(...samples: [number, V | null][]) => samples.map(([minutes, value]) => ({ at: at(minutes), value }));

describe("a course", () => {
  it("has stretches from value to value, and none where nothing is known", () => {
    const found = stretches(course<boolean>([0, false], [10, true], [15, true], [20, null], [30, true]), 0, 40 * 60_000);
    expect(found.map(({ from, to, value }) => [from / 60_000, to / 60_000, value])).toEqual([[0, 10, false], [10, 20, true], [30, 40, true]]);
  });

  it("begins and ends with the time that is looked at", () => {
    const found = stretches(course<boolean>([-10, true], [50, false]), 0, 40 * 60_000);
    expect(found.map(({ from, to }) => [from / 60_000, to / 60_000])).toEqual([[0, 40]]);
  });

  it("has a line for each time that is known", () => {
    const lines = pieces(course<number>([0, 1], [10, 2], [20, null], [30, 3]), 0, 40 * 60_000);
    expect(lines.map((line) => line.map(({ at, value }) => [at / 60_000, value]))).toEqual([[[0, 1], [10, 2], [20, 2]], [[30, 3], [40, 3]]]);
  });
});
