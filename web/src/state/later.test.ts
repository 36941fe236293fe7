import { expect, test } from "vitest";
import type { List, Timer } from "../wire/types";
import { EMPTY, withList, withTimer } from "./home";
import { left, nextFirst, openFirst, ticked } from "./later";

const NOW = Date.parse("2026-11-21T08:00:00Z");
const by = { kind: "person", name: "Li", role: "owner", channel: "ui" } as const;
const timer = (id: string, state: Timer["state"]): Timer => ({ id, purpose: "timer", length_ms: 60_000, state, by, at: "2026-11-21T08:00:00Z" });
const list = (id: string): List => ({
  id,
  names: { en: ["Shopping list"] },
  items: [
    { text: "milk", done: true, by, at: "2026-11-21T08:00:00Z" },
    { text: "salt", done: false, by, at: "2026-11-21T08:00:00Z" },
  ],
  at: "2026-11-21T08:00:00Z",
});

test("what is left of a timer, and which is next", () => {
  const running = timer("tm_a", { running: { due: "2026-11-21T08:01:00Z" } });
  const paused = timer("tm_b", { paused: { left_ms: 30_000 } });
  expect([running, paused].map((one) => left(one, NOW))).toEqual([60_000, 30_000]);
  expect(left(running, NOW + 3_600_000)).toBe(0);
  expect(nextFirst([running, paused], NOW).map((one) => one.id)).toEqual(["tm_b", "tm_a"]);
});

test("a timer that is over goes, and so does a list", () => {
  const site = withTimer(EMPTY, timer("tm_a", { running: { due: "2026-11-21T08:01:00Z" } }));
  expect(Object.keys(site.timers)).toEqual(["tm_a"]);
  expect(withTimer(site, timer("tm_a", { cancelled: { at: "2026-11-21T08:00:30Z" } })).timers).toEqual({});
  const kept = withList(EMPTY, "ls_a", list("ls_a"));
  expect(Object.keys(kept.lists)).toEqual(["ls_a"]);
  expect(withList(kept, "ls_a", undefined).lists).toEqual({});
});

test("what is open stands first", () => {
  expect(openFirst(list("ls_a")).map((item) => item.text)).toEqual(["salt", "milk"]);
});

test("a tick turns one item round and no other", () => {
  const turned = ticked(list("ls_a"), { text: "salt", done: true });
  expect(turned.items.map((item) => [item.text, item.done])).toEqual([
    ["milk", true],
    ["salt", true],
  ]);
  // What was done meanwhile stays done.
  expect(ticked(turned, { text: "salt", done: true })).toEqual(turned);
  expect(ticked(turned, { text: "salt", done: false })).toEqual(list("ls_a"));
});
