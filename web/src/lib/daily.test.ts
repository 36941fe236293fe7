import { expect, it } from "vitest";
import { hoursByDay } from "./daily";

const at = (day: number, hour: number) => new Date(2026, 9, day, hour).toISOString();

it("hours are gathered by day, and a piece over midnight belongs to both", () => {
  const pieces = [
    { from: at(5, 8), to: at(5, 10) },
    { from: at(5, 22), to: at(6, 3) },
    { from: at(8, 1), to: at(8, 2) },
  ];
  const days = hoursByDay(pieces, { from: at(5, 6), to: at(8, 12) });
  expect(days.map(({ hours }) => hours)).toEqual([4, 3, 0, 1]);
  expect(new Date(days[1]?.start ?? 0).getHours()).toBe(0);
});

it("a stretch without anything has its days all the same", () => {
  expect(hoursByDay([], { from: at(5, 6), to: at(6, 6) }).map(({ hours }) => hours)).toEqual([0, 0]);
  expect(hoursByDay([], { from: at(5, 6), to: at(5, 6) })).toHaveLength(1);
  expect(hoursByDay([], { from: at(1, 0), to: new Date(2028, 0, 1).toISOString() })).toHaveLength(62);
});
