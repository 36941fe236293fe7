// Scenes: several points set together, by a name. Schedules: a value for every time.

import { all } from "./castellan";
import { made } from "./devices";
import { ask } from "./http";
import type { Changed, Scene, SceneWish, Schedule, ScheduleWish, Snapped, SnapWish } from "./types";

const id = encodeURIComponent;

export const scenes = () => all<Scene>("/api/scenes");
export const runScene = (scene: string) => ask<Changed>("POST", `/api/scenes/${id(scene)}/run`, {});
/** Makes a scene of the present state. */
export const snapScene = (wish: SnapWish) => made<Snapped>("POST", "/api/scenes/snapshot", wish);
export const putScene = (scene: string | undefined, wish: SceneWish) => (scene ? made<Scene>("PUT", `/api/scenes/${id(scene)}`, wish) : made<Scene>("POST", "/api/scenes", wish));
export const removeScene = (scene: string) => ask<Changed>("DELETE", `/api/scenes/${id(scene)}`);

export const schedules = () => all<Schedule>("/api/schedules");
export const putSchedule = (schedule: string | undefined, wish: ScheduleWish) =>
  schedule ? made<Schedule>("PUT", `/api/schedules/${id(schedule)}`, wish) : made<Schedule>("POST", "/api/schedules", wish);
export const removeSchedule = (schedule: string) => ask<Changed>("DELETE", `/api/schedules/${id(schedule)}`);
