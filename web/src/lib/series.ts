// The past of a value as lines and strips: pure geometry in the units of a box, with gaps where nothing is known.

/** What a value was during a piece of time; `null` where there is none. */
export interface Piece {
  at: number;
  mean: number | null;
  min: number | null;
  max: number | null;
}

export interface Frame {
  width: number;
  height: number;
  /** The values at the bottom and at the top. */
  low: number;
  high: number;
}

const place = (n: number) => Math.round(n * 10) / 10;

/** Where the middle of a piece lies. */
export const xOf = (at: number, count: number, width: number) => place(((at + 0.5) / count) * width);
export const yOf = (value: number, { height, low, high }: Frame) => place(height - ((value - low) / (high - low || 1)) * height);

/** The numbers of an axis: round, at most four steps, around all values; never a range of nothing. */
export function axisOf(pieces: readonly Piece[]): { low: number; high: number; marks: number[] } | undefined {
  const values = pieces.flatMap(({ mean, min, max }) => [mean, min, max].filter((n) => n !== null));
  if (values.length === 0) return undefined;
  let [low, high] = [Math.min(...values), Math.max(...values)];
  if (high - low < 1e-9) [low, high] = [low - 1, high + 1];
  const rough = (high - low) / 3;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? 10 * power;
  const first = Math.floor(low / step + 1e-9) * step;
  const marks: number[] = [];
  for (let at = first; marks.length < 6; at += step) {
    marks.push(Math.round(at * 1e6) / 1e6);
    if (at >= high - 1e-9) break;
  }
  return { low: marks[0] ?? low, high: marks.at(-1) ?? high, marks };
}

/** Runs of pieces that have a value, as [first, after the last]. */
function runs(pieces: readonly Piece[]): [number, number][] {
  const found: [number, number][] = [];
  pieces.forEach((piece, at) => {
    if (piece.mean === null) return;
    const last = found.at(-1);
    if (last && last[1] === at) last[1] = at + 1;
    else found.push([at, at + 1]);
  });
  return found;
}

/** The line of the means, broken at gaps; a single piece is a short stroke. */
export function lineOf(pieces: readonly Piece[], frame: Frame): string {
  const half = frame.width / pieces.length / 2;
  return runs(pieces)
    .map(([from, to]) => {
      const points = pieces.slice(from, to).map((piece, at) => [xOf(from + at, pieces.length, frame.width), yOf(piece.mean ?? 0, frame)] as const);
      const [only] = points;
      if (points.length === 1 && only) return `M${place(only[0] - half)} ${only[1]}H${place(only[0] + half)}`;
      return points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${x} ${y}`).join("");
    })
    .join("");
}

/** The area between the smallest and the largest values. */
export function bandOf(pieces: readonly Piece[], frame: Frame): string {
  return runs(pieces)
    .filter(([from, to]) => to - from > 1)
    .map(([from, to]) => {
      const run = pieces.slice(from, to);
      const edge = (value: (piece: Piece) => number | null) => run.map((piece, at) => `${xOf(from + at, pieces.length, frame.width)} ${yOf(value(piece) ?? piece.mean ?? 0, frame)}`);
      return `M${edge((piece) => piece.max).join("L")}L${edge((piece) => piece.min)
        .reverse()
        .join("L")}Z`;
    })
    .join("");
}

/** A stretch of time with one state. */
export interface Stretch<T> {
  state: T;
  /** First and last piece, the last not included. */
  from: number;
  to: number;
}

/** Neighbouring pieces of the same state as one; those without a state are left out. */
export function stretches<T>(states: readonly (T | undefined)[]): Stretch<T>[] {
  const found: Stretch<T>[] = [];
  states.forEach((state, at) => {
    if (state === undefined) return;
    const last = found.at(-1);
    if (last && last.to === at && last.state === state) last.to = at + 1;
    else found.push({ state, from: at, to: at + 1 });
  });
  return found;
}

/** About `count` instants to write at a time axis: whole hours of a day, or midnights, in a time zone. */
export function timeMarks(from: number, to: number, zone: string, count: number): { at: number; day: boolean }[] {
  const HOUR = 3_600_000;
  const hours = (to - from) / HOUR;
  const step = [1, 2, 3, 4, 6, 12, 24, 48, 72, 120, 168, 240].find((n) => hours / n <= count) ?? 240;
  const parts = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", day: "2-digit", hourCycle: "h23" });
  const marks: { at: number; day: boolean }[] = [];
  let days = 0;
  for (let at = Math.ceil(from / HOUR) * HOUR; at < to; at += HOUR) {
    const hour = Number(parts.formatToParts(at).find((part) => part.type === "hour")?.value);
    if (step < 24 ? hour % step === 0 : hour === 0 && days++ % (step / 24) === 0) marks.push({ at, day: hour === 0 });
  }
  return marks;
}
