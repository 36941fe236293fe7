import { expect, it } from "vitest";
import { cut, linesOf, widthOf, within } from "./label";

it("knows that Chinese signs are wider than Latin letters", () => {
  expect(widthOf("会议室")).toBe(3);
  expect(widthOf("Meeting room")).toBeGreaterThan(5);
  expect(widthOf("Meeting room")).toBeLessThan(7.5);
});

it("breaks at spaces, and Chinese anywhere", () => {
  expect(linesOf("Meeting room", 5, 2)).toEqual(["Meeting", "room"]);
  expect(linesOf("Meeting room", 20, 2)).toEqual(["Meeting room"]);
  expect(linesOf("开放办公区", 3, 2)).toEqual(["开放办", "公区"]);
});

it("cuts what does not fit, and shows nothing rather than a single letter", () => {
  expect(cut("Storage", 3)).toMatch(/^St.*…$/);
  expect(cut("Storage", 1)).toBe("");
  expect(linesOf("Manager's office", 5.5, 1)[0]).toMatch(/…$/);
  expect(linesOf("消防控制室", 2, 1)).toEqual([]);
  expect(linesOf("", 5, 2)).toEqual([]);
});

it("leaves out the name of the floor that stands above the plan", () => {
  expect(within("Second floor stairs", "Second floor")).toBe("Stairs");
  expect(within("二楼楼梯间", "二楼")).toBe("楼梯间");
  expect(within("Second floor", "Second floor")).toBe("Second floor");
  expect(within("Gym", "First floor")).toBe("Gym");
});
