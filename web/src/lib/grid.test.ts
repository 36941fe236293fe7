import { expect, it } from "vitest";
import { gridText, nextTime } from "./grid";

it("a grid is written as a table, and a cell cannot break it", () => {
  const grid = { columns: ["pt_1", "pt_2"], expects: true, rows: [{ time: "0:00", cells: { pt_1: "26", pt_2: "a | b\nc" }, expected: "" }, { time: "5:00", cells: {}, expected: "fan.power=true" }] };
  expect(gridText(grid)).toBe("| time | pt_1 | pt_2 | expect |\n|---|---|---|---|\n| 0:00 | 26 | a   b c | - |\n| 5:00 | - | - | fan.power=true |");
});

it.each([
  [[], "0:00"],
  [["0:00"], "5:00"],
  [["0:00", "10:00"], "20:00"],
  [["0:00", "40:00"], "1:20:00"],
  [["1:00:00", "2:30:00"], "4:00:00"],
  [["2026-11-17 08:00"], "0:00"],
])("the row after %j is at %s", (times, next) => {
  expect(nextTime(times.map((time) => ({ time, cells: {}, expected: "" })))).toBe(next);
});
