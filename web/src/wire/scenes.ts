// Scenes: several points set together, by a name.

import { all } from "./castellan";
import { ask } from "./http";
import type { Changed, Scene } from "./types";

export const scenes = () => all<Scene>("/api/scenes");
export const runScene = (scene: string) => ask<Changed>("POST", `/api/scenes/${encodeURIComponent(scene)}/run`, {});
