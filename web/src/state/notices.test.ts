import { describe, expect, it } from "vitest";
import type { Notice } from "../wire/types";
import { byId, EMPTY, withNotices } from "./home";
import { inOrder, toldNow } from "./notices";

const notice = (id: string, level: Notice["level"], at = "2026-11-21T08:00:00Z"): Notice => ({ id, level, text: { zh: id, en: id }, at });

describe("notices", () => {
  it("stand by urgency, then the newest first", () => {
    const all = [notice("a", "info", "2"), notice("b", "urgent", "1"), notice("c", "info", "3")];
    expect(inOrder(all).map(({ id }) => id)).toEqual(["b", "c", "a"]);
  });

  it("are told for a while after they came, an urgent one until it is read", () => {
    const all = [notice("old", "info"), notice("new", "info"), notice("fire", "urgent")];
    const since = new Map([["new", 0], ["fire", 0]]);
    expect(toldNow(all, since, 5_000).map(({ id }) => id)).toEqual(["fire", "new"]);
    expect(toldNow(all, since, 1_000_000).map(({ id }) => id)).toEqual(["fire"]);
  });

  it("go when somebody has read them", () => {
    const site = { ...EMPTY, notices: byId([notice("a", "info"), notice("b", "info")]) };
    const read = { ...notice("a", "info"), read: { by: { name: "o", role: "owner" as const, kind: "person" as const, channel: "ui" as const }, at: "x" } };
    expect(Object.keys(withNotices(site, [read, notice("c", "warning")]).notices)).toEqual(["b", "c"]);
  });
});
