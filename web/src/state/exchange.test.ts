import { expect, it } from "vitest";
import { asking, formatOf, wantedOf } from "./exchange";

it.each([
  ["SELECT temperature FROM 'a/b'", "sql"],
  ['{"schemaVersion": 1, "nodes": []}', "castellan"],
  ['[{"id": "a", "type": "inject", "wires": [["b"]]}]', "node_red"],
  ['{"trigger": {"uri": "trigger/device/property"}}', "alibaba"],
  ["- alias: Lights\n  trigger:\n    - platform: sun", "home_assistant"],
  ["blueprint:\n  name: Motion", "home_assistant"],
  ["hello", undefined],
])("%s is of %s", (text, format) => expect(formatOf(text)).toBe(format));

it("a name that was asked for stays in its place once it has a meaning", () => {
  const lamp = { name: "light.a", wanted: "point" } as const;
  const area = { name: "attic", wanted: "space" } as const;
  const known = { name: "light.a", target: "pt_1", called: { zh: "", en: "" }, how: "given" } as const;
  expect(asking([lamp], { matches: [known], unmatched: [area] })).toEqual([lamp, area]);
  expect(asking([lamp, area], { matches: [], unmatched: [lamp] })).toEqual([lamp]);
});

it("an id says what it is of", () => {
  expect(["pt_1", "dv_1", "sp_1", "sc_1", "cn_1"].map(wantedOf)).toEqual(["point", "point", "space", "scene", "connection"]);
});
