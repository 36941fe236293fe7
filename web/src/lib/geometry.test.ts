import { describe, expect, it } from "vitest";
import { areaOf, boundsOf, contains, innerBox, laidOut, nextIn, pathOf, pieceOf, type Polygon, spread, turned, wallsOf } from "./geometry";

const box = (x: number, y: number, width: number, height: number): Polygon => [
  { x, y },
  { x: x + width, y },
  { x: x + width, y: y + height },
  { x, y: y + height },
];
/** A room around a corner. */
const L: Polygon = [
  { x: 0, y: 0 },
  { x: 10, y: 0 },
  { x: 10, y: 4 },
  { x: 3, y: 4 },
  { x: 3, y: 9 },
  { x: 0, y: 9 },
];

describe("polygons", () => {
  it("have bounds, an area and an inside", () => {
    expect(boundsOf([box(1, 2, 3, 4), box(5, 0, 1, 1)])).toEqual({ x: 1, y: 0, width: 5, height: 6 });
    expect(boundsOf([])).toEqual({ x: 0, y: 0, width: 0, height: 0 });
    expect([areaOf(L), areaOf([...L].reverse())]).toEqual([55, 55]);
    expect([contains(L, { x: 2, y: 8 }), contains(L, { x: 8, y: 8 })]).toEqual([true, false]);
    expect(pathOf(box(0, 0, 1, 2))).toBe("M0 0L1 0L1 2L0 2Z");
  });

  it("have a largest box for their name", () => {
    expect(innerBox(L)).toEqual({ x: 0, y: 0, width: 10, height: 4 });
    expect(innerBox(box(1, 1, 2, 2))).toEqual({ x: 1, y: 1, width: 2, height: 2 });
    const triangle = innerBox([{ x: 0, y: 0 }, { x: 4, y: 0 }, { x: 0, y: 4 }]);
    expect(triangle.width * triangle.height).toBeGreaterThan(0);
  });

  it("turn to the right without a change of size", () => {
    expect(boundsOf([turned(box(0, 0, 30, 10))])).toEqual({ x: -10, y: 0, width: 10, height: 30 });
    expect(areaOf(turned(L))).toBe(55);
  });
});

describe("walls", () => {
  it("lead outside or to a neighbour", () => {
    const { outer, inner } = wallsOf(box(0, 0, 4, 3), [box(4, 0, 4, 3), box(0, 3.2, 2.5, 3)]);
    expect(inner).toEqual([
      { from: { x: 4, y: 3 }, to: { x: 0, y: 3 } },
      { from: { x: 4, y: 0 }, to: { x: 4, y: 3 } },
    ]);
    expect(outer.map(({ from, to }) => [from.x, from.y, to.x, to.y])).toEqual([
      [0, 0, 4, 0],
      [0, 3, 0, 0],
    ]);
  });

  it("have pieces that never stand out of them", () => {
    const wall = { from: { x: 0, y: 0 }, to: { x: 4, y: 0 } };
    expect(pieceOf(wall, 0.5, 1)).toEqual({ from: { x: 1.5, y: 0 }, to: { x: 2.5, y: 0 } });
    expect(pieceOf(wall, 0, 1)).toEqual({ from: { x: 0, y: 0 }, to: { x: 1, y: 0 } });
    expect(pieceOf(wall, 1, 9)).toEqual({ from: { x: 0.8, y: 0 }, to: { x: 4, y: 0 } });
  });
});

it("places are spread over a box, along its longer side", () => {
  expect(spread({ x: 0, y: 0, width: 8, height: 2 }, 4)).toEqual([{ x: 1, y: 1 }, { x: 3, y: 1 }, { x: 5, y: 1 }, { x: 7, y: 1 }]);
  expect(spread({ x: 0, y: 0, width: 2, height: 8 }, 2)).toEqual([{ x: 1, y: 2 }, { x: 1, y: 6 }]);
  for (const count of [1, 3, 5, 9]) {
    const places = spread({ x: 0, y: 0, width: 5, height: 4 }, count);
    expect(new Set(places.map(({ x, y }) => `${x} ${y}`)).size).toBe(count);
    for (const place of places) expect(contains(box(0, 0, 5, 4), place)).toBe(true);
  }
  expect(spread({ x: 0, y: 0, width: 1, height: 1 }, 0)).toEqual([]);
});

describe("a layout", () => {
  const room = (id: string, outline: Polygon = []) => ({ id, outline });
  const overlap = (a: Polygon, b: Polygon) => {
    const [p, q] = [boundsOf([a]), boundsOf([b])];
    return Math.min(p.x + p.width, q.x + q.width) - Math.max(p.x, q.x) > 0.001 && Math.min(p.y + p.height, q.y + q.height) - Math.max(p.y, q.y) > 0.001;
  };

  it("keeps what is known and puts the others below", () => {
    const placed = laidOut([room("a", box(2, 1, 12, 5)), room("b"), room("c"), room("d")]);
    expect(placed.get("a")).toEqual(box(2, 1, 12, 5));
    expect(boundsOf([placed.get("b") ?? []])).toEqual({ x: 2, y: 7.5, width: 5, height: 4 });
    expect(boundsOf([placed.get("d") ?? []])).toEqual({ x: 2, y: 11.5, width: 5, height: 4 });
  });

  it("gives every building a plan without overlaps and without holes", () => {
    for (const count of [1, 2, 5, 12, 31]) {
      const rooms = [...laidOut(Array.from({ length: count }, (_, at) => room(String(at)))).values()];
      expect(rooms.length).toBe(count);
      rooms.forEach((a, at) => expect(rooms.slice(at + 1).some((b) => overlap(a, b))).toBe(false));
      const { width, height } = boundsOf(rooms);
      expect(rooms.reduce((sum, one) => sum + areaOf(one), 0)).toBeCloseTo(width * height);
    }
  });
});

it("an arrow key leads to the nearest place in its direction", () => {
  const places = [
    { id: "a", at: { x: 0, y: 0 } },
    { id: "b", at: { x: 5, y: 1 } },
    { id: "c", at: { x: 3, y: 6 } },
    { id: "d", at: { x: 10, y: 0 } },
  ];
  expect(nextIn(places, "a", "right")?.id).toBe("b");
  expect(nextIn(places, "b", "right")?.id).toBe("d");
  expect(nextIn(places, "a", "down")?.id).toBe("c");
  expect(nextIn(places, "d", "up")).toBeUndefined();
  expect(nextIn(places, "gone", "left")?.id).toBe("a");
});
