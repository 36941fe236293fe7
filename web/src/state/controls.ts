// How a point is controlled: by its kind and trait, never by its product. Pure.

import type { Point } from "../wire/types";

type NumberPoint = Extract<Point, { kind: "number" }>;
type EnumPoint = Extract<Point, { kind: "enum" }>;

/** One control of a device; some are made of several of its points. */
export type Control =
  | { is: "switch" | "lock" | "opening"; point: Point }
  | { is: "cover"; point: NumberPoint; stop: Point | undefined }
  | { is: "slider" | "white"; point: NumberPoint }
  | { is: "stepper"; point: NumberPoint }
  | { is: "number"; point: NumberPoint }
  | { is: "choice" | "colour"; point: EnumPoint }
  | { is: "machine"; point: EnumPoint }
  | { is: "media"; point: EnumPoint; previous: Point | undefined; next: Point | undefined }
  | { is: "button"; point: Point }
  | { is: "text"; point: Extract<Point, { kind: "text" }> }
  | { is: "reading"; point: Point };

const SLIDERS = new Set(["brightness", "position", "tilt", "volume", "fan_speed"]);
/** Services that belong to another control and have no button of their own. */
const BESIDE: Readonly<Record<string, string>> = { stop: "position", next: "playback", previous: "playback" };
/** The order in which controls stand; what is not in it comes after, readings last. */
const ORDER = ["on_off", "lock", "opening", "position", "playback", "run", "brightness", "colour_temperature", "colour", "setpoint", "mode", "fan_speed", "humidity_setpoint", "tilt", "volume", "mute"];

function single(point: Point, beside: (trait: string) => Point | undefined): Control {
  if (point.kind === "service") return { is: "button", point };
  if (!point.writable || point.assistant === "hidden") return { is: "reading", point };
  switch (point.kind) {
    case "bool":
      return { is: point.trait === "lock" ? "lock" : point.trait === "opening" ? "opening" : "switch", point };
    case "number":
      if (point.trait === "position") return { is: "cover", point, stop: beside("stop") };
      if (point.min === undefined || point.min === null || point.max === undefined || point.max === null) return { is: "number", point };
      if (point.trait === "colour_temperature") return { is: "white", point };
      return { is: SLIDERS.has(point.trait ?? "") ? "slider" : "stepper", point };
    case "enum":
      if (point.trait === "colour") return { is: "colour", point };
      if (point.trait === "playback") return { is: "media", point, previous: beside("previous"), next: beside("next") };
      if (point.trait === "run") return { is: "machine", point };
      return { is: "choice", point };
    case "text":
      return { is: "text", point };
    case "other":
      return { is: "reading", point };
  }
}

/** The controls of a device in the order of their use, then what it measures. */
export function controlsOf(points: readonly Point[]): Control[] {
  const beside = (trait: string) => points.find((point) => point.trait === trait);
  const rank = ({ is, point }: Control) => {
    const at = ORDER.indexOf(point.trait ?? "");
    return (is === "reading" ? 100 : 0) + (at < 0 ? ORDER.length : at);
  };
  return points
    .filter((point) => !(point.kind === "service" && beside(BESIDE[point.trait ?? ""] ?? "")?.writable))
    .map((point) => single(point, beside))
    .map((control, at) => ({ control, at }))
    .sort((a, b) => rank(a.control) - rank(b.control) || a.at - b.at)
    .map(({ control }) => control);
}

/** The control that stands beside the name of a device: one tap does the most usual thing. */
export function mainOf(controls: readonly Control[]): Control | undefined {
  return controls.find(({ is }) => is === "switch" || is === "lock" || is === "opening" || is === "cover" || is === "media" || is === "machine" || is === "button");
}

/** What a number is stepped by: its own step, or a hundredth of its range. */
export function stepOf({ step, min, max }: Pick<NumberPoint, "step" | "min" | "max">): number {
  if (step) return step;
  return typeof min === "number" && typeof max === "number" ? (max - min) / 100 : 1;
}

/** A value on the grid of its steps and within its limits. */
export function onGrid(point: Pick<NumberPoint, "step" | "min" | "max">, value: number): number {
  const step = stepOf(point);
  const from = point.min ?? 0;
  const stepped = from + Math.round((value - from) / step) * step;
  const within = Math.min(point.max ?? Infinity, Math.max(point.min ?? -Infinity, stepped));
  return Math.round(within * 1_000_000) / 1_000_000;
}
