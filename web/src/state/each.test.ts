import { expect, test } from "vitest";
import { choices, chosen, covered, type Each, keyOf } from "./each";
import type { Site } from "./home";

const space = (id: string, kind: string, parent: string | null, tags: string[]) => [id, { id, kind, parent, tags, names: { zh: [], en: [] } }] as const;
const here = {
  spaces: Object.fromEntries([space("f", "floor", null, []), space("a", "room", "f", ["meeting_room"]), space("b", "room", "f", ["meeting_room"]), space("c", "room", null, [])]),
  devices: Object.fromEntries([["l", { id: "l", kind: "light" }], ["s", { id: "s", kind: "socket" }]]),
} as unknown as Pick<Site, "devices" | "spaces">;

test("which rooms and devices are covered", () => {
  const of = (each: Each) => covered(each, here);
  expect(of({ spaces: { tags: ["meeting_room"] } })).toEqual(["a", "b"]);
  expect(of({ spaces: { kind: "room", within: ["f"], except: ["a"] } })).toEqual(["b"]);
  expect(of({ spaces: { only: ["c"] } })).toEqual(["c"]);
  expect(of({ spaces: {} })).toEqual([]);
  expect(of({ devices: { kinds: ["light"] } })).toEqual(["l"]);
  // What it does not know it does not tell.
  expect(of({ devices: { kinds: ["light"], tags: ["x"] } })).toBeUndefined();
});

test("what is chosen in a list is what is written", () => {
  expect(choices(here)).toEqual(["kind:room", "kind:floor", "tag:meeting_room", "device:light", "device:socket"]);
  for (const key of choices(here)) expect(keyOf(chosen(key))).toBe(key);
  expect(keyOf(undefined)).toBe("");
  expect(keyOf({ spaces: { kind: "room", tags: ["x"] } })).toBeUndefined();
});
