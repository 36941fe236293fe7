// Draws a chart with Vega. It is loaded when the first chart is there, and not before. Expressions are interpreted, for
// the page allows no code made from text; nothing is loaded from anywhere.

import { type Loader, parse, View, Warn } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { fitted } from "../state/chart";

const refused = () => Promise.reject(new Error("a chart loads nothing"));
const CLOSED: Loader = { load: refused, sanitize: refused, http: refused, file: refused, options: {} } as unknown as Loader;

/** Colours and type of the page, as they are where the chart stands. */
function look(place: HTMLElement) {
  const probe = document.createElement("span");
  place.append(probe);
  // What a custom property comes to (light or dark) is known only once it is used.
  const colour = (name: string) => {
    probe.style.color = `var(${name})`;
    return getComputedStyle(probe).color;
  };
  const [ink, quiet, line] = [colour("--ink"), colour("--ink-3"), colour("--line")];
  const font = getComputedStyle(place).fontFamily;
  probe.remove();
  return {
    background: "transparent",
    font,
    aria: false,
    axis: { labelColor: quiet, titleColor: quiet, gridColor: line, domainColor: line, tickColor: line, labelFontSize: 12, titleFontSize: 12 },
    legend: { labelColor: ink, titleColor: quiet, labelFontSize: 12, orient: "bottom" as const, direction: "horizontal" as const, columns: 2, labelLimit: 150, layout: { bottom: { anchor: "start", direction: "vertical" } } },
    header: { labelColor: ink, labelFontSize: 13 },
    text: { color: ink },
  };
}

const merged = (own: unknown, page: Record<string, unknown>): Record<string, unknown> => {
  const out = { ...(own as Record<string, unknown> | undefined) };
  for (const [key, value] of Object.entries(page)) {
    const before = out[key];
    out[key] = typeof before === "object" && before !== null && typeof value === "object" ? { ...before, ...value } : value;
  }
  return out;
};

/** Draws into a place of this width; gives what ends it. */
export async function draw(place: HTMLElement, spec: unknown, width: number): Promise<() => void> {
  const own = fitted(spec, width);
  const lite = { ...own, config: merged(own["config"], look(place)) } as unknown as TopLevelSpec;
  const { spec: full } = compile(lite);
  const view = new View(parse(full, undefined, { ast: true }), {
    expr: expressionInterpreter,
    loader: CLOSED,
    logLevel: Warn,
    renderer: "canvas",
    container: place,
    hover: true,
  });
  await view.runAsync();
  return () => void view.finalize();
}
