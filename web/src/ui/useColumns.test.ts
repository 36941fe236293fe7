import { expect, it } from "vitest";
import { dealt } from "./useColumns";

it("items are dealt to the column with most room, in order", () => {
  expect(dealt([5, 1, 1, 3], 2, (n) => n)).toEqual([[5], [1, 1, 3]]);
  expect(dealt(["a", "b", "c"], 3, () => 1)).toEqual([["a"], ["b"], ["c"]]);
  expect(dealt(["a", "b"], 0, () => 1)).toEqual([["a", "b"]]);
});
