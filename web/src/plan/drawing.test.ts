import { describe, expect, it } from "vitest";
import type { Cell, Sheet } from "../state/plan";
import type { Device } from "../wire/types";
import { drawingOf, innerSide, swung } from "./drawing";

const box = (x: number, y: number, width: number, height: number) => [
  { x, y },
  { x: x + width, y },
  { x: x + width, y: y + height },
  { x, y: y + height },
];
const cell = (id: string, outline: Cell["outline"], devices: string[] = []): Cell => ({ id, name: { zh: id, en: id }, outline, guessed: false, devices });
const sheet = (...cells: Cell[]): Sheet => ({ id: "f", name: { zh: "一楼", en: "First floor" }, cells, loose: [] });
const device = (id: string, kind: string, name = id): [string, Device] => [id, { id, key: id, product: kind, kind, tags: [], names: { en: [name] }, space: "r", online: true, disabled: false, route: "simulated", points: [] }];

describe("a drawing", () => {
  it("fits the window and stands in its middle", () => {
    const { scale, rooms } = drawingOf(sheet(cell("a", box(0, 0, 10, 10)), cell("b", box(10, 0, 10, 10))), {}, { width: 420, height: 420 });
    expect(scale).toBe(20);
    expect(rooms.map((room) => room.path)).toEqual(["M10 110L210 110L210 310L10 310Z", "M210 110L410 110L410 310L210 310Z"]);
  });

  it("turns a wide floor in a tall window, and only then", () => {
    const wide = sheet(cell("a", box(0, 0, 30, 10)));
    expect(drawingOf(wide, {}, { width: 320, height: 600 }).rooms[0]?.box).toMatchObject({ width: 194, height: 580 });
    expect(drawingOf(wide, {}, { width: 600, height: 320 }).rooms[0]?.box).toMatchObject({ width: 580, height: 194 });
  });

  it("puts windows outside and doors to the neighbour, unless they lead out", () => {
    const devices = Object.fromEntries([device("w", "window"), device("blind", "blind"), device("d", "door"), device("front", "door", "Front door")]);
    const { rooms } = drawingOf(sheet(cell("a", box(0, 0, 5, 4), ["w", "blind", "d", "front"]), cell("b", box(5, 0, 5, 4))), devices, { width: 1020, height: 1020 });
    const [room] = rooms;
    expect(room?.windows.length).toBe(1);
    // The shared wall stands at x = 510 of the window.
    expect(room?.windows[0]?.from.x === 510 && room.windows[0].to.x === 510).toBe(false);
    expect(room?.doors[0]).toMatchObject({ from: { x: 510 }, to: { x: 510 } });
    expect(room?.doors[1]?.from.x === 510 && room.doors[1].to.x === 510).toBe(false);
  });

  it("gives a large room more lamps than a small one, and every light its own", () => {
    const devices = Object.fromEntries([device("l1", "light"), device("l2", "light")]);
    const lamps = (width: number) => drawingOf(sheet(cell("a", box(0, 0, width, 6), ["l1", "l2"])), devices, { width: 600, height: 400 }).rooms[0]?.lamps.map((lamp) => lamp.places.length);
    expect(lamps(4)).toEqual([1, 1]);
    expect(lamps(16)).toEqual([3, 3]);
    expect(lamps(90)).toEqual([6, 6]);
  });
});

it("a leaf swings into the room", () => {
  const wall = { from: { x: 0, y: 0 }, to: { x: 10, y: 0 } };
  expect(innerSide(wall, { x: 5, y: 50 }, 4)).toEqual({ from: { x: 0, y: 4 }, to: { x: 10, y: 4 } });
  expect(innerSide(wall, { x: 5, y: -50 }, 4).from.y).toBe(-4);
  expect(swung(wall, { x: 5, y: 50 }).leaf).toBe("M0 0L0 10");
});
