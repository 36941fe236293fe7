import { describe, expect, it } from "vitest";
import type { Device, Point, Proposal, Receipt, Reply, TurnEvent } from "../wire/types";
import { nameOf, roomsOf, valueWords } from "./building";
import { applied, byId, EMPTY, laterReceipt, pending, RECEIPTS_MAX, withChanged, withProposals, withReceipts } from "./home";
import { advance, failed, newTurn } from "./turns";

const receipt = (state: Receipt["state"], at = "2026-11-21T08:00:00Z", command = "cm_1"): Receipt => ({ command, device: "dv_1", point: "pt_1", value: true, state, at });
const proposal = (state: Proposal["state"], id = "pp_1", at = "2026-11-21T08:00:00Z"): Proposal => ({
  id,
  hash: "h",
  document: { commands: [] },
  diagnostics: [],
  readback: { zh: "", en: "" },
  why: { zh: "", en: "" },
  safety: "comfort",
  by: { kind: "person", name: "a", role: "operator", channel: "chat" },
  at,
  expires: at,
  state,
});
const point = (extra: object = {}): Point => ({ id: "pt_1", device: "dv_1", identifier: "power", kind: "bool", writable: true, feedback: true, safety: "comfort", assistant: "act", names: {}, sample: null, words: null, ...extra });

const device = (id: string, space: string | null, points: string[] = []): Device => ({ id, key: id, product: "light", tags: [], names: { en: [id] }, kind: "light", space, online: true, disabled: false, route: "simulated", points });

describe("receipts", () => {
  it.each([
    ["sent", "08:00:00", "acked", "08:00:01", "acked"],
    ["confirmed", "08:00:02", "sent", "08:00:00.5", "confirmed"],
    ["confirmed", "08:00:00.123456", "acked", "08:00:00.1234", "confirmed"],
    ["timed_out", "08:00:05", "confirmed", "08:00:09", "confirmed"],
  ] as const)("%s at %s, then %s at %s: %s stands", (first, t1, second, t2, stands) => {
    const at = (t: string) => `2026-11-21T${t}Z`;
    expect(laterReceipt(receipt(first, at(t1)), receipt(second, at(t2))).state).toBe(stands);
  });

  it("are bounded, the oldest go", () => {
    const many = Array.from({ length: RECEIPTS_MAX + 5 }, (_, n) => receipt("sent", new Date(n * 1_000).toISOString(), `cm_${n}`));
    const kept = withReceipts(EMPTY, many).receipts;
    expect(Object.keys(kept)).toHaveLength(RECEIPTS_MAX);
    expect(kept["cm_4"]).toBeUndefined();
    expect(kept["cm_5"]).toBeDefined();
  });
});

describe("changes of the site", () => {
  const site = { ...EMPTY, devices: byId([device("dv_1", null)]), points: byId([point()]) };

  it("a decided proposal does not wait again", () => {
    const decided = withProposals(EMPTY, [proposal("approved")]);
    expect(withProposals(decided, [proposal("pending")]).proposals["pp_1"]?.state).toBe("approved");
    expect(pending(withProposals(EMPTY, [proposal("pending", "b", "2026-11-21T09:00:00Z"), proposal("pending", "a")])).map((p) => p.id)).toEqual(["a", "b"]);
  });

  it("reports and links change what is known, and nothing else", () => {
    const sample = { value: true, quality: "good" as const, at: "2026-11-21T08:00:00Z" };
    const words = { zh: "开着", en: "on" };
    const gone = (device: string) => ({ device, online: false, since: "2026-11-21T12:00:00Z", reason: "" });
    const reported = applied(site, { event: "report", data: [{ point: "pt_1", sample, words }, { point: "pt_9", sample, words }] });
    expect(reported.points).toEqual({ pt_1: { ...point(), sample, words } });
    expect(applied(site, { event: "link", data: gone("dv_1") }).devices["dv_1"]?.online).toBe(false);
    expect(applied(site, { event: "link", data: gone("dv_9") })).toBe(site);
  });

  it("what a change led to is taken in as one", () => {
    const rule = { id: "ru_1", revision: "rv_1", at: "2026-11-21T08:00:00Z", by: proposal("approved").by, name: { zh: "规则", en: "Rule" }, state: "live" as const, readback: { zh: "当", en: "When" } };
    const next = withChanged(site, { receipts: [receipt("sent")], proposals: [proposal("approved")], rules: [rule], refusals: [] });
    expect([next.receipts["cm_1"]?.state, next.proposals["pp_1"]?.state, next.rules]).toEqual(["sent", "approved", { ru_1: rule }]);
  });
});

describe("a turn", () => {
  const reply = (extra: Partial<Reply> = {}): Reply => ({
    conversation_id: "cv_1",
    turn_id: "tn_1",
    continue_conversation: false,
    response: { response_type: "action_done", language: "zh-CN", speech: { plain: { speech: "大厅灯已打开。" } }, data: { targets: [], success: [], failed: [] } },
    receipts: [receipt("confirmed")],
    proposals: [],
    questions: [],
    refusals: [],
    frames: [],
    charts: [],
    links: [],
    can_undo: true,
    ...extra,
  });

  it("grows piece by piece, and the whole answer stands for the pieces", () => {
    const events: TurnEvent[] = [
      { event: "turn", data: { conversation_id: "cv_1", turn_id: "tn_1" } },
      { event: "tool", data: { id: 0, name: "point_search", phase: "start" } },
      { event: "tool", data: { id: 0, name: "point_search", phase: "error", summary: "none" } },
      { event: "receipt", data: receipt("sent") },
      { event: "receipt", data: receipt("acked") },
      { event: "text", data: { delta: "大厅" } },
      { event: "text", data: { delta: "灯" } },
    ];
    const turn = events.reduce(advance, newTurn("k", "开灯", "zh", 0));
    expect(turn).toMatchObject({ id: "tn_1", phase: "waiting", text: "大厅灯", commands: ["cm_1"], steps: [{ phase: "error", summary: "none" }] });
    expect(advance(turn, { event: "reply", data: reply() })).toMatchObject({ phase: "done", text: "大厅灯已打开。", lang: "zh", commands: ["cm_1"], canUndo: true });
  });

  it("that fails keeps what came", () => {
    const pieces: TurnEvent[] = [
      { event: "tool", data: { id: 0, name: "point_search", phase: "start" } },
      { event: "text", data: { delta: "The" } },
    ];
    const turn = pieces.reduce(advance, newTurn("k", "x", "en", 0));
    expect(failed(turn, { kind: "unreachable", said: "" })).toMatchObject({ phase: "failed", text: "The", steps: [{ phase: "error" }] });
  });
});

describe("the building", () => {
  it("is shown floor by floor and room by room, in the order of names", () => {
    const space = (id: string, kind: "site" | "floor" | "room", parent?: string) => ({ id, kind, tags: [], outline: [], names: { en: [id] }, ...(parent ? { parent } : {}) });
    const rooms = roomsOf({
      spaces: byId([space("r 10", "room", "f"), space("s", "site"), space("r 2", "room", "f"), space("g", "room", "e"), space("f", "floor", "s"), space("e", "floor", "s")]),
      devices: byId([device("d2", null), device("d1", "r 10"), device("d4", "gone"), device("d6", "r 2"), device("d3", "r 2", ["p3", "p2", "p1"]), device("d5", "g")]),
      points: byId([point({ id: "p1", device: "d3" }), point({ id: "p2", device: "d3", kind: "service" }), point({ id: "p3", device: "d3" })]),
    });
    expect(rooms.map((room) => [room.space?.id, room.around.map((s) => s.id), room.items.map((item) => [item.device.id, item.points.map((p) => p.id)])])).toEqual([
      ["g", ["e"], [["d5", []]]],
      ["r 2", ["f"], [["d3", ["p3", "p1"]], ["d6", []]]],
      ["r 10", ["f"], [["d1", []]]],
      [undefined, [], [["d2", []], ["d4", []]]],
    ]);
  });

  it.each([
    [point(), true, "on"],
    [point({ kind: "number", unit: "Cel" }), 21.5, "21.5°C"],
    [point({ kind: "number", unit: "[ppm]" }), 812.00004, "812 ppm"],
    [point({ kind: "number", unit: "1" }), 3, "3"],
    [point({ kind: "enum", tokens: [{ token: "cool", code: 1, names: { zh: ["制冷"], en: ["cooling"] } }] }), "cool", "cooling"],
    [undefined, "cool", "cool"],
    [point({ sample: { value: true, quality: "good", at: "" }, words: { zh: "已上锁", en: "locked" } }), true, "locked"],
    [point(), null, undefined],
  ] as const)("puts %# into words", (of, value, expected) => expect(valueWords(of, value)?.en).toBe(expected));

  it("has a name in both languages as soon as it has one", () => {
    expect(nameOf({ zh: ["大厅灯", "灯"] })).toEqual({ zh: "大厅灯", en: "大厅灯" });
    expect(nameOf(undefined)).toEqual({ zh: "", en: "" });
  });
});
