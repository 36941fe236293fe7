import { describe, expect, it } from "vitest";
import { cut } from "./spans";

describe("pieces of what was said", () => {
  it("counts characters, not their parts, and not the spaces around", () => {
    expect(cut("  开灯💡吧 ", [2, 3])).toEqual(["  开灯", "💡", "吧 "]);
    expect(cut("turn it on", [8, 10])).toEqual(["turn it ", "on", ""]);
  });
  it("is the whole text before no span", () => {
    expect(cut("hello", undefined)).toEqual(["hello", "", ""]);
  });
});
