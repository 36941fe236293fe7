// The geometry of a small course over time: scales, round ticks and the path of a line. No React.

/** One value at an instant, in milliseconds. */
export interface Dot {
  at: number;
  value: number;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface Scale {
  from: number;
  to: number;
  /** The place of a value. */
  place: (value: number) => number;
}

/** A scale that is no division by nothing when everything is at one place. */
export function scale(from: number, to: number, low: number, high: number): Scale {
  const width = to - from || 1;
  return { from, to, place: (value) => Math.round((low + ((value - from) / width) * (high - low)) * 10) / 10 };
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const TIME_STEPS = [MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY];

/** Round instants of a span, at most so many, aligned to the clock of the place (`offset`: minutes behind UTC, as `Date` has it). */
export function timeTicks(from: number, to: number, most: number, offset: number): number[] {
  const step = TIME_STEPS.find((one) => (to - from) / one <= most) ?? 7 * DAY;
  const shift = offset * MINUTE;
  const ticks: number[] = [];
  for (let at = Math.ceil((from - shift) / step) * step + shift; at <= to && ticks.length <= most; at += step) ticks.push(at);
  return ticks;
}

/** Round values around a range: the range widened to them, and the ticks. */
export function valueTicks(low: number, high: number, most: number): { from: number; to: number; ticks: number[] } {
  const width = high - low || Math.abs(high) || 1;
  const rough = width / Math.max(most - 1, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10) * power;
  const from = Math.floor(low / step) * step;
  const to = Math.max(Math.ceil(high / step) * step, from + step);
  const count = Math.round((to - from) / step);
  const ticks = Array.from({ length: count + 1 }, (_, at) => Number((from + at * step).toPrecision(12)));
  return { from, to, ticks };
}

/** The path of a line through its dots; `steps` holds each value until the next one. */
export function path(dots: readonly Dot[], x: Scale, y: Scale, steps: boolean): string {
  return dots
    .map((dot, at) => {
      const [px, py] = [x.place(dot.at), y.place(dot.value)];
      if (at === 0) return `M${px} ${py}`;
      return steps ? `H${px}V${py}` : `L${px} ${py}`;
    })
    .join("");
}

/** Not more dots than there are places to draw them: of each stretch its lowest and its highest. */
export function thinned(dots: readonly Dot[], most: number): Dot[] {
  if (dots.length <= most) return [...dots];
  const stretch = Math.ceil((dots.length * 2) / most);
  const kept: Dot[] = [];
  for (let at = 0; at < dots.length; at += stretch) {
    const part = dots.slice(at, at + stretch);
    const low = part.reduce((least, dot) => (dot.value < least.value ? dot : least));
    const high = part.reduce((largest, dot) => (dot.value > largest.value ? dot : largest));
    kept.push(...(low === high ? [low] : low.at < high.at ? [low, high] : [high, low]));
  }
  return kept;
}

/** The dot that came nearest to going over a limit (`>`), or under it (`<`); none for other comparisons. */
export function nearest(dots: readonly Dot[], op: string): Dot | undefined {
  if (dots.length === 0 || !/^[<>]/.test(op)) return undefined;
  return dots.reduce((best, dot) => (op.startsWith(">") ? dot.value > best.value : dot.value < best.value) ? dot : best);
}
