// The folders are floors: a file may import from its own folder and from the folders below it, and only `wire` talks to
// the server.

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

const ROOT = import.meta.dirname;
const FLOOR: Readonly<Record<string, number>> = { lib: 0, wire: 0, state: 1, ui: 1, chat: 2, plan: 2, pages: 3, app: 4, "": 5 };

const files = readdirSync(ROOT, { recursive: true, encoding: "utf8" }).filter((file) => /\.tsx?$/.test(file));
const folderOf = (file: string) => (file.includes("/") ? (file.split("/")[0] ?? "") : "");

/** What a file imports from this source tree, relative to its root. */
function imports(file: string): string[] {
  const text = readFileSync(join(ROOT, file), "utf8");
  return [...text.matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)].map((m) => relative(ROOT, resolve(ROOT, dirname(file), m[1] ?? "")));
}

it("every folder has a floor", () => {
  for (const file of files) expect(FLOOR, file).toHaveProperty([folderOf(file)]);
});

it("imports go down", () => {
  const up = files.flatMap((file) =>
    imports(file)
      .filter((target) => folderOf(target) !== folderOf(file) && (FLOOR[folderOf(target)] ?? 0) >= (FLOOR[folderOf(file)] ?? 0))
      .map((target) => `${file} -> ${target}`),
  );
  expect(up).toEqual([]);
});

it("only wire talks", () => {
  const words = /\b(fetch|XMLHttpRequest|EventSource|WebSocket|sendBeacon)\b\s*\(/;
  expect(files.filter((file) => folderOf(file) !== "wire" && !file.endsWith(".test.ts") && words.test(readFileSync(join(ROOT, file), "utf8")))).toEqual([]);
});
