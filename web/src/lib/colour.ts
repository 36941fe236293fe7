// Colours of the plan. The scales are even to the eye: equal steps of the value are equal steps in OKLab, where distance
// is difference seen. No React, no server.

type Lab = readonly [number, number, number];
export type Scheme = "light" | "dark";

const DEGREE = Math.PI / 180;
const fromLch = (l: number, c: number, h: number): Lab => [l, c * Math.cos(h * DEGREE), c * Math.sin(h * DEGREE)];

/** OKLab to linear red, green and blue. */
function linear([l, a, b]: Lab): Lab {
  const [x, y, z] = [l + 0.3963377774 * a + 0.2158037573 * b, l - 0.1055613458 * a - 0.0638541728 * b, l - 0.0894841775 * a - 1.291485548 * b].map((n) => n ** 3) as unknown as Lab;
  return [4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z, -1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z, -0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z];
}

const encoded = (n: number) => (n <= 0.0031308 ? 12.92 * n : 1.055 * n ** (1 / 2.4) - 0.055);
const decoded = (n: number) => (n <= 0.04045 ? n / 12.92 : ((n + 0.055) / 1.055) ** 2.4);
const clamped = (n: number) => Math.min(1, Math.max(0, n));

const hexOf = (lab: Lab) => "#" + linear(lab).map((n) => Math.round(clamped(encoded(clamped(n))) * 255).toString(16).padStart(2, "0")).join("");

/** `#rrggbb` to OKLab. */
export function labOf(hex: string): Lab {
  const [r, g, b] = [1, 3, 5].map((at) => decoded(parseInt(hex.slice(at, at + 2), 16) / 255)) as unknown as Lab;
  const [l, m, s] = [
    0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b,
    0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b,
    0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b,
  ].map(Math.cbrt) as unknown as Lab;
  return [0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s, 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s];
}

/** The ratio of contrast of two colours after WCAG. */
export function contrast(one: string, other: string): number {
  const luminance = (hex: string) => [1, 3, 5].reduce((sum, at, n) => sum + decoded(parseInt(hex.slice(at, at + 2), 16) / 255) * ([0.2126, 0.7152, 0.0722][n] ?? 0), 0);
  const [a, b] = [luminance(one), luminance(other)].sort((x, y) => y - x) as [number, number];
  return (a + 0.05) / (b + 0.05);
}

/** What a room can be coloured by. */
export type Layer = "temperature" | "co2" | "humidity";
export const LAYERS: readonly Layer[] = ["temperature", "co2", "humidity"];

interface Scale {
  /** Values at the legend's marks; beyond the ends the colour stays. */
  marks: readonly number[];
  /** Colours at evenly spread values, in OKLab. */
  stops: Record<Scheme, readonly Lab[]>;
}

/** Cold is blue, comfortable is plain, warm is orange: told apart by people who see no red or no green as well. */
const SCALES: Record<Layer, Scale> = {
  temperature: {
    marks: [16, 19, 22, 25, 28],
    stops: {
      light: [fromLch(0.8, 0.105, 250), fromLch(0.965, 0.012, 160), fromLch(0.8, 0.118, 52)],
      dark: [fromLch(0.45, 0.115, 255), fromLch(0.29, 0.012, 175), fromLch(0.45, 0.107, 45)],
    },
  },
  co2: {
    marks: [400, 800, 1_200, 1_600, 2_000],
    stops: {
      light: [fromLch(0.965, 0.012, 160), fromLch(0.76, 0.105, 320)],
      dark: [fromLch(0.29, 0.012, 175), fromLch(0.47, 0.13, 320)],
    },
  },
  humidity: {
    marks: [20, 35, 50, 65, 80],
    stops: {
      light: [fromLch(0.965, 0.02, 90), fromLch(0.74, 0.1, 225)],
      dark: [fromLch(0.29, 0.02, 90), fromLch(0.47, 0.1, 230)],
    },
  },
};

export const marksOf = (layer: Layer): readonly number[] => SCALES[layer].marks;

/** The colour of a value. */
export function colourOf(layer: Layer, value: number, scheme: Scheme): string {
  const { marks, stops: both } = SCALES[layer];
  const stops = both[scheme];
  const [low = 0, high = 1] = [marks[0], marks.at(-1)];
  const at = clamped((value - low) / (high - low)) * (stops.length - 1);
  const first = Math.min(Math.floor(at), stops.length - 2);
  const [a, b] = [stops[first], stops[first + 1]];
  if (!a || !b) return "#808080";
  const part = at - first;
  return hexOf([a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part]);
}

/** What a lamp shines like by default, and as its colours are called by the trait. */
const WARM_WHITE = "#ffc873";
const NAMED: Readonly<Record<string, string>> = {
  red: "#ff5a4f",
  orange: "#ff9a3d",
  yellow: "#ffd83d",
  green: "#5fd35f",
  cyan: "#4fd8e0",
  blue: "#5b8cff",
  purple: "#a970ff",
  pink: "#ff7ac2",
  white: "#fff3dc",
};

/** The colours that a lamp can be told, with what they look like. */
export const swatch = (token: string): string => NAMED[token] ?? "#c8c8c8";

/** Warm to cold white, as the eye takes it rather than as a black body shines. */
const KELVIN: readonly (readonly [number, string])[] = [
  [2_000, "#ffab4a"],
  [2_700, "#ffc46e"],
  [3_500, "#ffdc9c"],
  [4_500, "#fff0d2"],
  [5_500, "#f6f6ff"],
  [6_500, "#dbe8ff"],
];

export function whiteOf(kelvin: number): string {
  const [first, last] = [KELVIN[0], KELVIN.at(-1)];
  if (!first || !last || kelvin <= first[0]) return first?.[1] ?? WARM_WHITE;
  for (let at = 1; at < KELVIN.length; at += 1) {
    const [low, high] = [KELVIN[at - 1], KELVIN[at]];
    if (!low || !high || kelvin > high[0]) continue;
    const part = (kelvin - low[0]) / (high[0] - low[0]);
    const [a, b] = [labOf(low[1]), labOf(high[1])];
    return hexOf([a[0] + (b[0] - a[0]) * part, a[1] + (b[1] - a[1]) * part, a[2] + (b[2] - a[2]) * part]);
  }
  return last[1];
}

/** The colour of a lamp's light: its colour where it shows one, otherwise its white. */
export function lightOf(colour: string | undefined, kelvin: number | undefined): string {
  if (colour && colour !== "white" && NAMED[colour]) return NAMED[colour];
  return kelvin === undefined ? WARM_WHITE : whiteOf(kelvin);
}

/** A light's colour as it is seen on bright paper: the same hue, deeper, since white on white would not be seen. */
export function onPaper(hex: string): string {
  const [l, a, b] = labOf(hex);
  const chroma = Math.hypot(a, b);
  const wanted = Math.min(0.17, Math.max(chroma * 1.35, 0.085));
  const by = chroma > 0.002 ? wanted / chroma : 0;
  return hexOf([Math.min(l, 0.9), a * by, b * by]);
}
