// What a rule stands for one by one: which rooms or devices these are now, and what can be chosen. Pure.

import type { Space } from "../wire/types";
import type { RuleGraph } from "../wire/types";
import type { Site } from "./home";

export type Each = NonNullable<RuleGraph["each"]>;
type Here = Pick<Site, "devices" | "spaces">;

/** Whether a space is part of one of these. */
function within(here: Here, space: Space, outer: readonly string[]): boolean {
  let parent = space.parent ?? undefined;
  for (let depth = 0; parent && depth < 16; depth++) {
    if (outer.includes(parent)) return true;
    parent = here.spaces[parent]?.parent ?? undefined;
  }
  return false;
}

/** The ids of the rooms or devices that are selected; none where the page cannot tell. */
export function covered(each: Each, here: Here): string[] | undefined {
  if ("spaces" in each) {
    const { kind, tags = [], within: outer = [], only = [], except = [] } = each.spaces;
    const given = kind != null || tags.length + outer.length + only.length > 0;
    const fits = (space: Space) =>
      given &&
      (kind == null || space.kind === kind) &&
      tags.every((tag) => space.tags?.includes(tag)) &&
      (outer.length === 0 || within(here, space, outer)) &&
      (only.length === 0 || only.includes(space.id)) &&
      !except.includes(space.id);
    return Object.values(here.spaces).filter(fits).map(({ id }) => id);
  }
  const { kinds = [], ...rest } = each.devices;
  if (kinds.length === 0 || Object.values(rest).some((part) => part === true || (Array.isArray(part) && part.length > 0) || typeof part === "string")) return undefined;
  return Object.values(here.devices).filter(({ kind }) => kinds.includes(kind)).map(({ id }) => id);
}

/** What can be chosen, as the keys of a list: `kind:room`, `tag:meeting_room`, `device:light`. */
export function choices(here: Here): string[] {
  const tags = [...new Set(Object.values(here.spaces).flatMap(({ tags }) => tags ?? []))].sort();
  const kinds = [...new Set(Object.values(here.devices).map(({ kind }) => kind))].sort();
  return ["kind:room", "kind:floor", ...tags.map((tag) => `tag:${tag}`), ...kinds.map((kind) => `device:${kind}`)];
}

/** What a key of the list stands for. */
export function chosen(key: string): Each | undefined {
  const [what, name = ""] = key.split(/:(.*)/s);
  if (what === "kind") return { spaces: { kind: name as Space["kind"] } };
  if (what === "tag") return { spaces: { tags: [name] } };
  return what === "device" ? { devices: { kinds: [name] } } : undefined;
}

/** The key that says all of it; none for what a list cannot say. */
export function keyOf(each: Each | null | undefined): string | undefined {
  if (!each) return "";
  const written = JSON.stringify(each);
  const parts = "spaces" in each ? [`kind:${each.spaces.kind}`, `tag:${each.spaces.tags?.[0]}`] : [`device:${each.devices.kinds?.[0]}`];
  return parts.find((key) => JSON.stringify(chosen(key)) === written);
}
