import { describe, expect, it } from "vitest";
import { colourOf, contrast, labOf, LAYERS, lightOf, marksOf, onPaper, type Scheme, whiteOf } from "./colour";

const SCHEMES: Scheme[] = ["light", "dark"];
const apart = (one: string, other: string) => {
  const [a, b] = [labOf(one), labOf(other)];
  return Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2]);
};

describe("the scales", () => {
  it("are even: equal steps of the value are seen as equal steps", () => {
    for (const scheme of SCHEMES)
      for (const layer of LAYERS) {
        const marks = marksOf(layer);
        const [low = 0, high = 1] = [marks[0], marks.at(-1)];
        const values = Array.from({ length: 9 }, (_, at) => low + ((high - low) * at) / 8);
        const colours = values.map((value) => colourOf(layer, value, scheme));
        const steps = colours.slice(1).map((colour, at) => apart(colours[at] ?? "", colour));
        // The two halves of a scale with a middle may differ a little; within a half the steps are alike.
        expect(Math.max(...steps) / Math.min(...steps), `${layer} ${scheme}`).toBeLessThan(1.35);
      }
  });

  it("carry the ink of the page", () => {
    for (const layer of LAYERS)
      for (const mark of marksOf(layer)) {
        expect(contrast(colourOf(layer, mark, "light"), "#1b1e1d"), `${layer} ${mark}`).toBeGreaterThan(7);
        expect(contrast(colourOf(layer, mark, "dark"), "#e8ebe8"), `${layer} ${mark}`).toBeGreaterThan(4.5);
      }
  });

  it("stay at their ends beyond them", () => {
    expect(colourOf("temperature", -10, "light")).toBe(colourOf("temperature", 16, "light"));
    expect(colourOf("co2", 9_000, "dark")).toBe(colourOf("co2", 2_000, "dark"));
  });
});

describe("light", () => {
  it("goes from warm to cold", () => {
    const blueness = [2_000, 3_000, 4_000, 5_000, 6_500].map((kelvin) => parseInt(whiteOf(kelvin).slice(5), 16));
    expect(blueness).toEqual([...blueness].sort((a, b) => a - b));
    expect([whiteOf(500), whiteOf(20_000)]).toEqual(["#ffab4a", "#dbe8ff"]);
  });

  it("has the lamp's colour where it shows one", () => {
    expect(lightOf("red", 4_000)).toBe("#ff5a4f");
    expect(lightOf("white", 2_000)).toBe("#ffab4a");
    expect(lightOf(undefined, undefined)).toBe("#ffc873");
    expect(lightOf("ultraviolet", 2_000)).toBe("#ffab4a");
  });
});

it("a light is seen on bright paper, in its own hue", () => {
  const hue = (hex: string) => Math.atan2(labOf(hex)[2], labOf(hex)[1]);
  for (const light of ["#ffc873", "#fff0d2", "#dbe8ff", "#ff5a4f"]) {
    expect(apart(onPaper(light), "#ffffff"), light).toBeGreaterThan(0.1);
    expect(Math.abs(hue(onPaper(light)) - hue(light)), light).toBeLessThan(0.3);
  }
});

it("colours are read back as they were written", () => {
  expect(labOf("#ffffff")[0]).toBeCloseTo(1, 3);
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21, 3);
});
