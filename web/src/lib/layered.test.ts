import { describe, expect, it } from "vitest";
import { columnsOf, layered, type Line, type Piece } from "./layered";

const piece = (id: string, height = 40): Piece => ({ id, height, inputs: { in: 20 }, outputs: { out: 20 } });
const line = (from: string, to: string): Line => ({ from: { node: from, port: "out" }, to: { node: to, port: "in" } });
const SIZES = { width: 100, columnGap: 50, rowGap: 10 };

describe("columns", () => {
  it("stand behind what leads to them, and what begins stands right before what it leads to", () => {
    const pieces = ["a", "b", "c", "d", "late"].map((id) => piece(id));
    const columns = columnsOf(pieces, [line("a", "b"), line("b", "c"), line("a", "c"), line("c", "d"), line("late", "d")]);
    expect(Object.fromEntries(columns)).toEqual({ a: 0, b: 1, c: 2, d: 3, late: 2 });
  });

  it("do not go round in circles", () => {
    const pieces = ["a", "b"].map((id) => piece(id));
    expect(Object.fromEntries(columnsOf(pieces, [line("a", "b"), line("b", "a"), line("a", "a"), line("a", "gone")]))).toEqual({ a: 0, b: 1 });
  });
});

describe("a layout", () => {
  it("lets no nodes of a column lie on each other", () => {
    const pieces = Array.from({ length: 12 }, (_, n) => piece(`n${n}`, 30 + n));
    const lines = pieces.flatMap(({ id }, n) => (n > 3 ? [line(`n${n % 4}`, id), line(`n${(n * 7) % 4}`, id)] : []));
    const { nodes, height, width } = layered(pieces, lines, SIZES);
    const boxes = pieces.map((one) => ({ ...nodes.get(one.id), height: one.height }));
    for (const [at, a] of boxes.entries())
      for (const b of boxes.slice(at + 1)) if (a.x === b.x) expect(Math.abs((a.y ?? 0) - (b.y ?? 0))).toBeGreaterThanOrEqual(Math.min(a.height, b.height));
    for (const box of boxes) {
      expect(box.y).toBeGreaterThanOrEqual(0);
      expect((box.y ?? 0) + box.height).toBeLessThanOrEqual(height);
      expect((box.x ?? 0) + SIZES.width).toBeLessThanOrEqual(width);
    }
  });

  it("draws a chain straight", () => {
    const { nodes, paths } = layered([piece("a"), piece("b"), piece("c")], [line("a", "b"), line("b", "c")], SIZES);
    expect([...nodes.values()].map(({ x, y }) => [x, y])).toEqual([[0, 0], [150, 0], [300, 0]]);
    expect(paths[0]).toBe("M100 20C125 20 125 20 150 20");
  });

  it("leads a long way past the nodes between its ends", () => {
    const { nodes, paths } = layered([piece("a"), piece("b"), piece("c")], [line("a", "b"), line("b", "c"), line("a", "c")], SIZES);
    expect(paths[2]).toMatch(/^M100 \S+C.*H250C/);
    const passed = Number(/^M100 \S+C\S+ \S+ \S+ \S+ 150 (\S+)H250/.exec(paths[2] ?? "")?.[1]);
    const b = nodes.get("b")?.y ?? 0;
    expect(passed < b || passed > b + 40).toBe(true);
  });

  it("is the same every time, and empty for nothing", () => {
    const pieces = [piece("a"), piece("b")];
    expect(layered(pieces, [line("a", "b")], SIZES)).toEqual(layered(pieces, [line("a", "b")], SIZES));
    expect(layered([], [], SIZES)).toEqual({ width: 0, height: 0, nodes: new Map(), paths: [] });
  });

  it("settles two hundred nodes in no time", () => {
    const pieces = Array.from({ length: 200 }, (_, n) => piece(`n${n}`));
    const lines = pieces.slice(1).map(({ id }, n) => line(`n${Math.floor(n / 3)}`, id));
    const begun = performance.now();
    layered(pieces, lines, SIZES);
    expect(performance.now() - begun).toBeLessThan(1_000);
  });
});
