// Polygons of a floor: how large they are, where a name fits, which walls are shared, and a layout where none is known.
// Lengths are metres, x runs east and y south. No React, no server.

export interface XY {
  x: number;
  y: number;
}
export type Polygon = readonly XY[];

/** A box; `x` and `y` are its north-west corner. */
export interface Box extends XY {
  width: number;
  height: number;
}

/** Walls nearer to each other than this are one wall. */
const WALL_M = 0.35;
/** Shared pieces of wall shorter than this do not count. */
const SHARED_M = 0.5;

const round = (n: number) => Math.round(n * 1_000) / 1_000;

export function boundsOf(polygons: readonly Polygon[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const { x, y } of polygons.flat()) {
    left = Math.min(left, x);
    top = Math.min(top, y);
    right = Math.max(right, x);
    bottom = Math.max(bottom, y);
  }
  if (left > right) return { x: 0, y: 0, width: 0, height: 0 };
  return { x: left, y: top, width: right - left, height: bottom - top };
}

const corner = (polygon: Polygon, at: number): XY => polygon[((at % polygon.length) + polygon.length) % polygon.length] ?? { x: 0, y: 0 };

export function areaOf(polygon: Polygon): number {
  let twice = 0;
  for (let at = 0; at < polygon.length; at += 1) {
    const [a, b] = [corner(polygon, at), corner(polygon, at + 1)];
    twice += a.x * b.y - b.x * a.y;
  }
  return Math.abs(twice) / 2;
}

export function contains(polygon: Polygon, { x, y }: XY): boolean {
  let inside = false;
  for (let at = 0; at < polygon.length; at += 1) {
    const [a, b] = [corner(polygon, at), corner(polygon, at + 1)];
    if (a.y > y !== b.y > y && x < a.x + ((y - a.y) / (b.y - a.y)) * (b.x - a.x)) inside = !inside;
  }
  return inside;
}

/** The largest box of a polygon that stands along the axes: where its name is written. */
export function innerBox(polygon: Polygon): Box {
  const xs = [...new Set(polygon.map((c) => c.x))].sort((a, b) => a - b);
  const ys = [...new Set(polygon.map((c) => c.y))].sort((a, b) => a - b);
  const filled = (i: number, j: number) => contains(polygon, { x: ((xs[i] ?? 0) + (xs[i + 1] ?? 0)) / 2, y: ((ys[j] ?? 0) + (ys[j + 1] ?? 0)) / 2 });
  const grid = xs.slice(1).map((_, i) => ys.slice(1).map((_, j) => filled(i, j)));
  let best: Box | undefined;
  for (let left = 0; left < xs.length - 1; left += 1)
    for (let top = 0; top < ys.length - 1; top += 1) {
      let last = ys.length - 1;
      for (let right = left; right < xs.length - 1; right += 1) {
        let bottom = top;
        while (bottom < last && grid[right]?.[bottom]) bottom += 1;
        last = bottom;
        if (last <= top) break;
        const box = { x: xs[left] ?? 0, y: ys[top] ?? 0, width: (xs[right + 1] ?? 0) - (xs[left] ?? 0), height: (ys[last] ?? 0) - (ys[top] ?? 0) };
        if (!best || box.width * box.height > best.width * best.height) best = box;
      }
    }
  return best ?? boundsOf([polygon]);
}

/** A quarter turn to the right, so that a wide floor fills a tall window. */
export const turned = (polygon: Polygon): XY[] => polygon.map(({ x, y }) => ({ x: y === 0 ? 0 : -y, y: x }));

/** A piece of wall from one end to the other. */
export interface Wall {
  from: XY;
  to: XY;
}
export const lengthOf = ({ from, to }: Wall) => Math.hypot(to.x - from.x, to.y - from.y);

/** How much of a wall runs along a wall of another polygon. */
function sharedLength(wall: Wall, other: Polygon): number {
  const length = lengthOf(wall);
  if (length === 0) return 0;
  const [ux, uy] = [(wall.to.x - wall.from.x) / length, (wall.to.y - wall.from.y) / length];
  let most = 0;
  for (let at = 0; at < other.length; at += 1) {
    const along = [corner(other, at), corner(other, at + 1)].map((c) => {
      const [dx, dy] = [c.x - wall.from.x, c.y - wall.from.y];
      return { along: dx * ux + dy * uy, off: Math.abs(dx * uy - dy * ux) };
    });
    if (along.some(({ off }) => off > WALL_M)) continue;
    const [a = 0, b = 0] = along.map((one) => one.along);
    most = Math.max(most, Math.min(length, Math.max(a, b)) - Math.max(0, Math.min(a, b)));
  }
  return most;
}

export interface Walls {
  /** Walls to the outside, longest first: windows are drawn there. */
  outer: Wall[];
  /** Walls to other rooms, longest first: doors are drawn there. */
  inner: Wall[];
}

/** Which walls of a polygon lead outside and which to another one of the same floor. */
export function wallsOf(polygon: Polygon, others: readonly Polygon[]): Walls {
  const walls = polygon.map((from, at) => ({ from, to: corner(polygon, at + 1) })).filter((wall) => lengthOf(wall) > SHARED_M);
  const isInner = (wall: Wall) => others.reduce((sum, other) => sum + sharedLength(wall, other), 0) > lengthOf(wall) / 2;
  const byLength = (a: Wall, b: Wall) => lengthOf(b) - lengthOf(a);
  return { outer: walls.filter((wall) => !isInner(wall)).sort(byLength), inner: walls.filter(isInner).sort(byLength) };
}

/** A piece of a given length at a share of a wall, not past its ends. */
export function pieceOf(wall: Wall, share: number, length: number): Wall {
  const whole = lengthOf(wall);
  const half = Math.min(length, whole * 0.8) / 2;
  const middle = Math.min(whole - half, Math.max(half, whole * share));
  const at = (along: number): XY => ({ x: round(wall.from.x + ((wall.to.x - wall.from.x) * along) / whole), y: round(wall.from.y + ((wall.to.y - wall.from.y) * along) / whole) });
  return { from: at(middle - half), to: at(middle + half) };
}

/** `count` places spread over a box, row by row along its longer side. */
export function spread(box: Box, count: number): XY[] {
  if (count <= 0) return [];
  const long = Math.max(box.width, box.height);
  const short = Math.max(Math.min(box.width, box.height), 0.01);
  const rows = Math.max(1, Math.min(count, Math.round(Math.sqrt((count * short) / long))));
  const places: XY[] = [];
  for (let row = 0; row < rows; row += 1) {
    const inRow = Math.floor(count / rows) + (row < count % rows ? 1 : 0);
    for (let at = 0; at < inRow; at += 1) {
      const [along, across] = [((at + 0.5) / inRow) * long, ((row + 0.5) / rows) * short];
      places.push(box.width >= box.height ? { x: round(box.x + along), y: round(box.y + across) } : { x: round(box.x + across), y: round(box.y + along) });
    }
  }
  return places;
}

/** Metres between rooms that were laid out here. */
const BESIDE_M = 1.5;
/** Size of a room of which nothing is known. */
const ROOM_M = { width: 5, height: 4 };

/**
 * Outlines for all: those that are known stay, the others stand in rows below them. Rooms that nothing is known of are
 * alike, so the plan grows by their number and stays about half as high as it is wide.
 */
export function laidOut<T extends { id: string; outline: Polygon }>(rooms: readonly T[]): Map<string, Polygon> {
  const known = rooms.filter((room) => room.outline.length >= 3);
  const unknown = rooms.filter((room) => room.outline.length < 3);
  const placed = new Map<string, Polygon>(known.map((room) => [room.id, room.outline]));
  const bounds = boundsOf(known.map((room) => room.outline));
  const perRow =
    known.length > 0
      ? Math.max(1, Math.floor((bounds.width + 0.01) / ROOM_M.width))
      : Math.max(1, Math.ceil(Math.sqrt((unknown.length * 1.8 * ROOM_M.height) / ROOM_M.width)));
  const top = known.length > 0 ? bounds.y + bounds.height + BESIDE_M : 0;
  unknown.forEach((room, at) => {
    const row = Math.floor(at / perRow);
    // The last row is stretched, so that the floor has no hole.
    const inRow = Math.min(perRow, unknown.length - row * perRow);
    const width = known.length > 0 ? ROOM_M.width : (perRow * ROOM_M.width) / inRow;
    const left = bounds.x + (at % perRow) * width;
    const y = top + row * ROOM_M.height;
    placed.set(room.id, [
      { x: left, y },
      { x: left + width, y },
      { x: left + width, y: y + ROOM_M.height },
      { x: left, y: y + ROOM_M.height },
    ]);
  });
  return placed;
}

export type Direction = "left" | "right" | "up" | "down";
const STEP: Record<Direction, XY> = { left: { x: -1, y: 0 }, right: { x: 1, y: 0 }, up: { x: 0, y: -1 }, down: { x: 0, y: 1 } };
/** How much worse a step aside is than a step ahead. */
const ASIDE = 2.5;
/** What lies further aside than this many times ahead is not in the direction. */
const ASIDE_MOST = 2.5;

/** The place that an arrow key leads to; none where nothing lies in that direction. */
export function nextIn<T extends { id: string; at: XY }>(places: readonly T[], from: string, direction: Direction): T | undefined {
  const start = places.find((place) => place.id === from);
  if (!start) return places[0];
  const step = STEP[direction];
  let best: { place: T; cost: number } | undefined;
  for (const place of places) {
    const [dx, dy] = [place.at.x - start.at.x, place.at.y - start.at.y];
    const ahead = dx * step.x + dy * step.y;
    const aside = Math.abs(dx * step.y - dy * step.x);
    if (place.id === from || ahead <= 0.1 || aside > ASIDE_MOST * ahead) continue;
    const cost = ahead + ASIDE * aside;
    if (!best || cost < best.cost) best = { place, cost };
  }
  return best?.place;
}

export const pathOf = (polygon: Polygon) => polygon.map(({ x, y }, at) => `${at === 0 ? "M" : "L"}${round(x)} ${round(y)}`).join("") + "Z";
