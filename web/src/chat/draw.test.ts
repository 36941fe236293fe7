// The golden drawings of the server, compiled and run as the page does: without code made from text.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse, View } from "vega";
import { expressionInterpreter } from "vega-interpreter";
import { compile, type TopLevelSpec } from "vega-lite";
import { describe, expect, it } from "vitest";
import { fitted } from "../state/chart";

const FOLDER = join(import.meta.dirname, "../../../src/views/snapshots");
const goldens = readdirSync(FOLDER).filter((file) => file.endsWith(".snap"));

/** What a snapshot holds, below its head. */
const golden = (file: string): unknown => JSON.parse(readFileSync(join(FOLDER, file), "utf8").split(/^---$/m).slice(2).join("---"));

describe("every golden drawing", () => {
  it.each(goldens)("%s is drawn", async (file) => {
    const warnings: string[] = [];
    const note = (...words: readonly unknown[]) => (warnings.push(words.join(" ")), logger);
    const logger = { level: () => logger, error: note, warn: note, info: () => logger, debug: () => logger } as unknown as NonNullable<Parameters<typeof compile>[1]>["logger"];
    const { spec } = compile(fitted(golden(file), 480) as unknown as TopLevelSpec, { logger: logger! });
    // A drawing fits its place in width only, which is what is meant.
    expect(warnings.filter((words) => !words.startsWith('Dropping "fit-y"'))).toEqual([]);
    const view = new View(parse(spec, undefined, { ast: true }), { expr: expressionInterpreter, renderer: "none" });
    await view.runAsync();
    const picture = await view.toSVG();
    expect(picture).toContain("<path");
    expect(picture).not.toContain("NaN");
    view.finalize();
  });

  it("names nothing that is loaded", () => {
    for (const file of goldens) expect(readFileSync(join(FOLDER, file), "utf8"), file).not.toMatch(/"(url|href|image)"/);
  });
});
