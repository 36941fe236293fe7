// A course over time as it is drawn: stretches of one value, or dots of a line. No React, no server.

import type { Dot } from "./timeline";

/** A value from a time on; none where nothing is known. */
export interface Sample<V> {
  at: string;
  value?: V | null;
}

/** A stretch in which a value stood, in milliseconds. */
export interface Stretch<V> {
  from: number;
  to: number;
  value: V;
}

/** The stretches of a course within a time; what is not known is none. Neighbours of one value are one. */
export function stretches<V>(samples: readonly Sample<V>[], from: number, to: number): Stretch<V>[] {
  const found: Stretch<V>[] = [];
  samples.forEach(({ at, value }, index) => {
    const [begin, end] = [Math.max(Date.parse(at), from), Math.min(Date.parse(samples[index + 1]?.at ?? "") || to, to)];
    if (value === null || value === undefined || end <= begin) return;
    const last = found.at(-1);
    if (last && last.to === begin && last.value === value) last.to = end;
    else found.push({ from: begin, to: end, value });
  });
  return found;
}

/** The lines of a course of numbers: a new one after each time of which nothing is known. The last value stands to the end. */
export function pieces(samples: readonly Sample<unknown>[], from: number, to: number): Dot[][] {
  const lines: Dot[][] = [];
  let line: Dot[] = [];
  const close = (at: number) => {
    const last = line.at(-1);
    if (last) lines.push(last.at < at ? [...line, { at, value: last.value }] : line);
    line = [];
  };
  for (const { at, value } of samples) {
    const time = Math.max(Date.parse(at), from);
    if (time > to) break;
    if (typeof value === "number") line.push({ at: time, value });
    else close(time);
  }
  close(to);
  return lines;
}
