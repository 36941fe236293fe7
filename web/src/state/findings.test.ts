import { expect, it } from "vitest";
import type { Finding } from "../wire/types";
import { first } from "./findings";

const finding = (id: string, amount: number) => ({ id, cost: { amount, currency: "CNY", per_kwh: 1 } }) as Finding;

it("the costliest finding that was not put aside is shown", () => {
  const findings = [finding("a", 3), finding("b", 80), finding("c", 80)];
  expect(first({ findings, aside: [] })?.id).toBe("b");
  expect(first({ findings, aside: ["b"] })?.id).toBe("c");
  expect(first({ findings, aside: ["a", "b", "c"] })).toBeUndefined();
});
