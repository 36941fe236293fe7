import { describe, expect, it } from "vitest";
import { circles, type Draft, freeId, newId, nextInput, placeOf, withNode, withoutNode, withParams, withSource } from "./draft";

const DRAFT: Draft = {
  nodes: [{ id: "a", type: "point" }, { id: "b", type: "and" }, { id: "c", type: "command" }],
  edges: [{ from: { node: "a", port: "out" }, to: { node: "b", port: "in1" } }, { from: { node: "b", port: "out" }, to: { node: "c", port: "in" } }],
};

describe("a draft", () => {
  it("gives nodes ids of their own", () => {
    expect(freeId(DRAFT.nodes, "point")).toBe("point");
    expect(freeId([{ id: "point", type: "point" }, { id: "point_2", type: "point" }], "point")).toBe("point_3");
    expect(newId("ru", 1_763_700_000_000, new Uint8Array(10).fill(171))).toMatch(/^ru_[0-9a-f]{12}7ab[0-9a-f]8[0-9a-f]{15}$/);
  });

  it("loses the edges of a node with the node", () => {
    expect(withoutNode(DRAFT, "b")).toEqual({ nodes: [DRAFT.nodes[0], DRAFT.nodes[2]], edges: [] });
    expect(withNode(DRAFT, { id: "d", type: "or" }).nodes).toHaveLength(4);
    expect(withParams(DRAFT, "a", { point: "pt" }).nodes[0]).toEqual({ id: "a", type: "point", params: { point: "pt" } });
  });

  it("leads one edge to an input", () => {
    const to = { node: "c", port: "in" };
    expect(withSource(DRAFT, to, { node: "a", port: "out" }).edges.filter((edge) => edge.to.node === "c")).toEqual([{ from: { node: "a", port: "out" }, to }]);
    expect(withSource(DRAFT, to, undefined).edges).toHaveLength(1);
    expect(nextInput(DRAFT, "b", "in")).toBe("in2");
  });

  it("knows what would go in circles", () => {
    expect(circles(DRAFT, "c", "a")).toBe(true);
    expect(circles(DRAFT, "a", "c")).toBe(false);
  });

  it("finds the node that a finding is about", () => {
    expect(placeOf(DRAFT, "/nodes/1/params/value")).toEqual({ node: "b", within: "/value" });
    expect(placeOf(DRAFT, "/nodes/0")).toEqual({ node: "a", within: "" });
    expect(placeOf(DRAFT, "/edges/1/to")).toEqual({ node: "c", within: "" });
    expect(placeOf(DRAFT, "/name")).toBeUndefined();
  });
});
