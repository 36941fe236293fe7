// A sheet as it is drawn: everything in pixels of the window, ready for SVG. Pure; made anew only when the window, the
// floor or what stands in it changes, never for a value.

import { areaOf, type Box, boundsOf, innerBox, pathOf, pieceOf, type Polygon, spread, turned, type Wall, wallsOf, type XY } from "../lib/geometry";
import type { Cell, Sheet } from "../state/plan";
import type { Device } from "../wire/types";

/** Around the floor, so that walls and rings are not cut off. */
const MARGIN_PX = 10;
/** A wide floor is turned in a tall window when that makes it larger by so much. */
const TURN_FROM = 1.25;
/** One lamp is drawn for so much floor, and at most so many for a device. */
const LAMP_M2 = 16;
const LAMPS_MAX = 6;
/** A glow leaves some of the floor to be seen, since its colour says something too. */
const REACH_MAX_M = 2.8;
/** From this width and scale on, what is written grows with the drawing, up to so many times. */
const WRITING_FROM_PX = 960;
const WRITING_FROM_SCALE = 26;
const WRITING_MAX = 1.8;
const WINDOW_M = 2.2;
const DOOR_M = 1.1;
/** From so many pixels for a metre on nothing is enlarged any more: a single small room shall not fill a wall. */
const SCALE_MAX = 96;

export interface Size {
  width: number;
  height: number;
}

export interface RoomDrawing {
  cell: Cell;
  path: string;
  /** Where the name and the marks stand. */
  box: Box;
  middle: XY;
  /** Pieces of wall, one for each window or cover and one for each door. */
  windows: Wall[];
  doors: Wall[];
  /** Where each light device shines, in the order of the room's lights. */
  lamps: { device: string; places: XY[] }[];
  /** How far a lamp shines. */
  reach: number;
}

export interface Drawing {
  size: Size;
  /** Pixels of a metre. */
  scale: number;
  /** How much larger than usual is written: a page on a wall is read from further away. */
  writing: number;
  rooms: RoomDrawing[];
}

const OUTSIDE = /front|entrance|main|balcony|roof|大门|入户|阳台|天台/i;

/** Whether a door leads outside: by its kind or its name. */
const leadsOut = (device: Device) => /garage|gate/.test(device.kind) || [...(device.names.en ?? []), ...(device.names.zh ?? [])].some((name) => OUTSIDE.test(name));

export function drawingOf(sheet: Sheet, devices: Readonly<Record<string, Device>>, size: Size): Drawing {
  const fit = (bounds: Box) => Math.min((size.width - 2 * MARGIN_PX) / (bounds.width || 1), (size.height - 2 * MARGIN_PX) / (bounds.height || 1), SCALE_MAX);
  const upright = sheet.cells.map((cell) => cell.outline);
  const lying = upright.map(turned);
  const turn = fit(boundsOf(lying)) > fit(boundsOf(upright)) * TURN_FROM;
  const outlines = turn ? lying : upright;
  const bounds = boundsOf(outlines);
  const scale = Math.max(fit(bounds), 1);
  const left = (size.width - bounds.width * scale) / 2 - bounds.x * scale;
  const top = (size.height - bounds.height * scale) / 2 - bounds.y * scale;
  const onScreen = (polygon: Polygon): XY[] => polygon.map(({ x, y }) => ({ x: Math.round(left + x * scale), y: Math.round(top + y * scale) }));
  const wallOnScreen = ({ from, to }: Wall): Wall => {
    const [a, b] = onScreen([from, to]);
    return { from: a ?? from, to: b ?? to };
  };
  const writing = Math.min(WRITING_MAX, Math.max(1, Math.min(size.width / WRITING_FROM_PX, scale / WRITING_FROM_SCALE)));
  const rooms = sheet.cells.map((cell, at): RoomDrawing => {
    const outline = outlines[at] ?? [];
    const { outer, inner } = wallsOf(outline, outlines.filter((_, other) => other !== at));
    const drawn = onScreen(outline);
    const box = innerBox(drawn);
    const here = cell.devices.flatMap((id) => devices[id] ?? []);
    const of = (kind: RegExp) => here.filter((device) => kind.test(device.kind));
    const windows = Math.max(of(/^window/).length, of(/blind|curtain|shade|shutter/).length);
    const lights = of(/^light$/);
    const each = Math.min(LAMPS_MAX, Math.max(1, Math.round(areaOf(outline) / LAMP_M2 / Math.max(1, lights.length))));
    const places = spread(lampBox(box, writing), each * lights.length);
    return {
      cell,
      path: pathOf(drawn),
      box,
      middle: { x: box.x + box.width / 2, y: box.y + box.height / 2 },
      windows: along(outer.length > 0 ? outer : inner, windows, WINDOW_M).map(wallOnScreen),
      doors: of(/door|gate/).map((device, n, doors) => {
        const walls = leadsOut(device) && outer.length > 0 ? outer : inner.length > 0 ? inner : outer;
        // Away from the middle, where the window is when there is only one wall.
        return wallOnScreen(pieceOf(walls[0] ?? { from: { x: 0, y: 0 }, to: { x: 1, y: 0 } }, (n + 1) / (doors.length + 1) - 0.28, DOOR_M));
      }),
      lamps: lights.map((light, n) => ({ device: light.id, places: places.filter((_, p) => p % lights.length === n) })),
      reach: Math.min(Math.max(28, REACH_MAX_M * scale), Math.max(14, Math.sqrt((box.width * box.height) / Math.max(1, places.length)) * 0.62)),
    };
  });
  return { size, scale, writing, rooms };
}

/** `count` pieces along walls: the longest wall first, several on it while there is room. */
function along(walls: readonly Wall[], count: number, length: number): Wall[] {
  const [longest] = walls;
  if (!longest || count === 0) return [];
  return Array.from({ length: count }, (_, at) => pieceOf(longest, (at + 0.5) / count, length));
}

/** Height of the lines that a room's name and value take; lamps stand below them. */
export const LABEL_PX = 44;

function lampBox(box: Box, writing: number): Box {
  const label = LABEL_PX * writing;
  return box.height > label + 30 ? { ...box, y: box.y + label, height: box.height - label - 8 } : box;
}

/** The shutter of a window: strips across it, as far down as it is closed. Where the wall lies, they lie. */
export function innerSide(wall: Wall, middle: XY, depth: number): Wall {
  const length = Math.hypot(wall.to.x - wall.from.x, wall.to.y - wall.from.y) || 1;
  let [nx, ny] = [-(wall.to.y - wall.from.y) / length, (wall.to.x - wall.from.x) / length];
  const [mx, my] = [(wall.from.x + wall.to.x) / 2, (wall.from.y + wall.to.y) / 2];
  if (nx * (middle.x - mx) + ny * (middle.y - my) < 0) [nx, ny] = [-nx, -ny];
  return { from: { x: wall.from.x + nx * depth, y: wall.from.y + ny * depth }, to: { x: wall.to.x + nx * depth, y: wall.to.y + ny * depth } };
}

/** The leaf of a door or window that stands open into the room, and the arc that it swings along. */
export function swung(wall: Wall, middle: XY): { leaf: string; arc: string } {
  const inside = innerSide(wall, middle, Math.hypot(wall.to.x - wall.from.x, wall.to.y - wall.from.y));
  const r = Math.hypot(wall.to.x - wall.from.x, wall.to.y - wall.from.y);
  const cross = (wall.to.x - wall.from.x) * (inside.from.y - wall.from.y) - (wall.to.y - wall.from.y) * (inside.from.x - wall.from.x);
  return {
    leaf: `M${wall.from.x} ${wall.from.y}L${inside.from.x} ${inside.from.y}`,
    arc: `M${wall.to.x} ${wall.to.y}A${r} ${r} 0 0 ${cross > 0 ? 1 : 0} ${inside.from.x} ${inside.from.y}`,
  };
}
