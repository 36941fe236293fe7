import { describe, expect, it } from "vitest";
import { axisOf, bandOf, lineOf, type Piece, stretches, timeMarks } from "./series";

const pieces = (...means: (number | null)[]): Piece[] => means.map((mean, at) => ({ at, mean, min: mean === null ? null : mean - 1, max: mean === null ? null : mean + 1 }));
const frame = { width: 100, height: 50, low: 0, high: 10 };

describe("a line", () => {
  it("is broken where nothing is known", () => {
    expect(lineOf(pieces(0, 10, null, 5, null), frame)).toBe("M10 50L30 0M60 25H80");
    expect(lineOf(pieces(null, null), frame)).toBe("");
  });

  it("has a band between the smallest and the largest", () => {
    expect(bandOf(pieces(5, 5), frame)).toBe("M25 20L75 20L75 30L25 30Z");
    expect(bandOf(pieces(5), frame)).toBe("");
  });
});

describe("an axis", () => {
  it("has round numbers around all values", () => {
    expect(axisOf(pieces(21.3, 24.8))).toEqual({ low: 20, high: 26, marks: [20, 22, 24, 26] });
    expect(axisOf(pieces(612, 1_430))?.marks).toEqual([500, 1_000, 1_500]);
  });

  it("is never a range of nothing", () => {
    const flat = axisOf([{ at: 0, mean: 5, min: 5, max: 5 }]);
    expect(flat && flat.high > flat.low).toBe(true);
    expect(axisOf(pieces(null))).toBeUndefined();
  });
});

it("states run together", () => {
  expect(stretches([true, true, undefined, true, false])).toEqual([
    { state: true, from: 0, to: 2 },
    { state: true, from: 3, to: 4 },
    { state: false, from: 4, to: 5 },
  ]);
});

it("a time axis is written at whole hours and midnights of the site", () => {
  const at = (iso: string) => Date.parse(iso);
  const day = timeMarks(at("2026-11-20T10:20:00Z"), at("2026-11-21T10:20:00Z"), "Asia/Shanghai", 5);
  expect(day.map((mark) => [new Date(mark.at).toISOString().slice(5, 16), mark.day])).toEqual([
    ["11-20T16:00", true],
    ["11-20T22:00", false],
    ["11-21T04:00", false],
    ["11-21T10:00", false],
  ]);
  const month = timeMarks(at("2026-10-22T00:00:00Z"), at("2026-11-21T00:00:00Z"), "Europe/Berlin", 5);
  expect(month.every((mark) => mark.day)).toBe(true);
  expect(month.length).toBeLessThanOrEqual(5);
});
