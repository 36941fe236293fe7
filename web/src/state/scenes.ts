// Scenes as the page has them: which there are, whether one is in force, and running one. Pure functions first.

import { create } from "zustand";
import { asFailure, type Failure } from "../wire/http";
import * as wire from "../wire/scenes";
import type { Scene, Value } from "../wire/types";
import { type Site, useHome, withChanged } from "./home";
import { noteFailure } from "./session";

const same = (a: Value | undefined, b: Value): boolean => a === b || (typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b));

/** Whether everything is as the scene says; one that only calls services is never in force. */
export function inForce(scene: Scene, points: Site["points"]): boolean {
  const states = scene.acts.filter(({ point }) => points[point]?.kind !== "service");
  return states.length > 0 && states.every(({ point, value }) => same(points[point]?.sample?.value, value));
}

/** Where a run of a scene stands. */
export type Run = "running" | "done" | "asked" | "partly" | { failure: Failure };

/** What became of the run by its answer: everything, a part of it, or a person is asked first. */
export function ranTo(changed: { proposals: readonly unknown[]; refusals: readonly unknown[]; receipts: readonly { state: string }[] }): Run {
  if (changed.proposals.length > 0) return "asked";
  const failed = changed.receipts.some(({ state }) => state === "timed_out" || state === "refused");
  return changed.refusals.length > 0 || failed ? "partly" : "done";
}

/** How long it is told that a scene has run. */
const TOLD_MS = 4_000;

interface Scenes {
  runs: Readonly<Record<string, Run>>;
}

export const useScenes = create<Scenes>(() => ({ runs: {} }));

const setRun = (scene: string, run: Run | undefined) =>
  useScenes.setState(({ runs }) => {
    const { [scene]: _, ...rest } = runs;
    return { runs: run === undefined ? rest : { ...rest, [scene]: run } };
  });

/** Runs a scene; what became of it stands in the store. */
export async function run(scene: string): Promise<void> {
  setRun(scene, "running");
  try {
    const changed = await wire.runScene(scene);
    useHome.getState().change((site) => withChanged(site, changed));
    setRun(scene, ranTo(changed));
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    setRun(scene, { failure });
  }
  setTimeout(() => {
    if (useScenes.getState().runs[scene] === "done") setRun(scene, undefined);
  }, TOLD_MS);
}
