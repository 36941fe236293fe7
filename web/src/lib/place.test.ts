import { expect, it } from "vitest";
import { placeOf, timeIn, withDay, zones } from "./place";

it("the time of a zone is told, and of no other name", () => {
  const noon = Date.UTC(2026, 10, 22, 12, 0);
  expect([timeIn("Asia/Shanghai", noon), timeIn("Europe/Berlin", noon), timeIn("Asia/Peking", noon)]).toEqual(["20:00", "13:00", undefined]);
  expect(zones()).toContain("Europe/Berlin");
});

it.each([
  ["39.9", "116.4", { latitude: 39.9, longitude: 116.4 }],
  ["-33.9", "0", { latitude: -33.9, longitude: 0 }],
  ["39.9", "", undefined],
  ["", "", undefined],
  ["north", "1", undefined],
])("a place of %s and %s", (latitude, longitude, place) => expect(placeOf(latitude, longitude)).toEqual(place));

it("days stand in their order, each once", () => {
  expect(withDay(["2026-12-24", "2027-01-02"], "2026-12-27")).toEqual(["2026-12-24", "2026-12-27", "2027-01-02"]);
  expect(withDay(["2026-12-24"], "2026-12-24")).toEqual(["2026-12-24"]);
});
