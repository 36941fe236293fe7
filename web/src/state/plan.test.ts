import { describe, expect, it } from "vitest";
import type { Device, Point, Space } from "../wire/types";
import { byId } from "./home";
import { entrance, lookOf, lookSelector, sheetsOf, storeyOf, whereIs } from "./plan";

const space = (id: string, kind: Space["kind"], parent?: string, outline: Space["outline"] = []): Space => ({ id, kind, names: { en: [id] }, tags: [], outline, ...(parent ? { parent } : {}) });
const box = [
  { x: 0, y: 0 },
  { x: 5, y: 0 },
  { x: 5, y: 4 },
  { x: 0, y: 4 },
];
const device = (id: string, kind: string, at: string | null, points: string[] = [], more: Partial<Device> = {}): Device => ({
  ...{ id, key: id, product: kind, kind, tags: [], names: { en: [id] }, space: at, online: true, disabled: false, route: "simulated", points },
  ...more,
});
const shared = { assistant: "act", feedback: true, names: {}, safety: "comfort", writable: true } as const;
const number = (id: string, trait: string, value: number, unit: "%" | "Cel" | "[ppm]" | "[K_cct]" = "%", min = 0, max = 100): Point => ({ ...shared, kind: "number", unit, min, max, device: "d", id, identifier: id, trait, sample: { at: "2026-11-21T10:00:00Z", value } });
const bool = (id: string, trait: string, value: boolean): Point => ({ ...shared, kind: "bool", device: "d", id, identifier: id, trait, sample: { at: "2026-11-21T10:00:00Z", value } });
const token = (id: string, trait: string, value: string): Point => ({ ...shared, kind: "enum", tokens: [], device: "d", id, identifier: id, trait, sample: { at: "2026-11-21T10:00:00Z", value } });

describe("sheets", () => {
  const spaces = byId([
    space("Site", "site"),
    space("Third floor", "floor", "Site"),
    space("First floor", "floor", "Site"),
    space("Roof", "floor", "Site"),
    space("Empty floor", "floor", "Site"),
    space("Flat", "building", "Site"),
    space("Kitchen", "room", "Flat"),
    space("Hall", "room", "First floor", box),
    space("Corner", "zone", "Hall"),
    space("Office", "room", "Third floor"),
    space("Deck", "zone", "Roof"),
  ]);
  const devices = byId([device("lamp", "light", "Corner"), device("main", "meter", "First floor"), device("lost", "light", null), device("fridge", "outlet", "Kitchen")]);
  const sheets = sheetsOf({ spaces, devices });

  it("stand in the order of storeys, buildings after the site's own floors", () => {
    expect(sheets.map((sheet) => [sheet.id, sheet.cells.map((cell) => cell.id), sheet.loose])).toEqual([
      ["First floor", ["Hall"], ["main"]],
      ["Third floor", ["Office"], []],
      ["Roof", ["Deck"], []],
      ["Flat", ["Kitchen"], []],
      ["nowhere", ["nowhere"], []],
    ]);
  });

  it("have an outline for every room, and devices of zones belong to their room", () => {
    expect(sheets[0]?.cells[0]).toMatchObject({ outline: box, guessed: false, devices: ["lamp"] });
    expect(sheets[1]?.cells[0]).toMatchObject({ guessed: true });
    expect(sheets[1]?.cells[0]?.outline.length).toBe(4);
  });

  it("are there for a building of which nothing is known, too", () => {
    const alone = sheetsOf({ spaces: {}, devices: byId([device("lamp", "light", null)]) });
    expect(alone).toMatchObject([{ id: "nowhere", name: { en: "Not placed" }, cells: [{ devices: ["lamp"], guessed: true }] }]);
    const floor = sheetsOf({ spaces: byId([space("Site", "site"), space("Attic", "floor", "Site", box)]), devices: byId([device("lamp", "light", "Attic")]) });
    expect(floor).toMatchObject([{ id: "Attic", loose: [], cells: [{ id: "Attic", outline: box, devices: ["lamp"] }] }]);
    expect(sheetsOf({ spaces: {}, devices: {} })).toEqual([]);
  });

  it("begin where one comes in", () => {
    const sheet = (en: string) => ({ id: en, name: { zh: "", en }, cells: [], loose: [] });
    expect(entrance([sheet("B2"), sheet("First floor"), sheet("Floor 2")])?.id).toBe("First floor");
    expect(entrance([sheet("Flat")])?.id).toBe("Flat");
    expect(entrance([])).toBeUndefined();
  });

  it("tell where a device is", () => {
    expect(whereIs(sheets, "lamp")).toEqual({ sheet: "First floor", cell: "Hall" });
    expect(whereIs(sheets, "main")).toEqual({ sheet: "First floor", cell: undefined });
    expect(whereIs(sheets, "lost")).toEqual({ sheet: "nowhere", cell: "nowhere" });
    expect(whereIs(sheets, "gone")).toBeUndefined();
  });

  it("know storeys by number and by word, in both languages", () => {
    const storey = (zh: string, en: string) => storeyOf({ zh, en });
    expect([storey("二楼", ""), storey("", "Floor 12"), storey("", "B2"), storey("负1层", ""), storey("", "Roof"), storey("", "Ground floor"), storey("主楼", "Main")]).toEqual([2, 12, -2, -1, 90, 1, undefined]);
  });
});

describe("the look of a room", () => {
  const look = (devices: Device[], points: Point[]) => lookOf(devices.map(({ id }) => id), { devices: byId(devices), points: byId(points) });

  it("is empty without devices", () => {
    expect(look([], [])).toEqual({ lamps: [], covers: [], openings: [], climate: [], playing: false, working: false, alarms: [], offline: [] });
  });

  it("takes the wall's sensor before the one in a machine, and rounds to what is shown", () => {
    const points = [number("t", "measure.temperature", 23.456, "Cel"), number("c", "measure.co2", 634, "[ppm]"), number("u", "measure.temperature", 30, "Cel")];
    const devices = [device("ac", "air_conditioner", "r", ["u"]), device("s", "sensor", "r", ["t", "c"])];
    expect(look(devices, points)).toMatchObject({ temperature: 23.5, co2: 630 });
    expect(look([devices[0] as Device], points)).toMatchObject({ temperature: 30 });
    expect(look([device("boiler", "boiler", "r", ["u"])], points).temperature).toBeUndefined();
  });

  it("shows lamps by brightness and colour, and only those that are on shine", () => {
    const points = [bool("p", "on_off", true), number("b", "brightness", 40), number("k", "colour_temperature", 2_000, "[K_cct]", 2_000, 6_500), bool("q", "on_off", false), number("e", "brightness", 80)];
    expect(look([device("a", "light", "r", ["p", "b", "k"]), device("b", "light", "r", ["q", "e"])], points).lamps).toEqual([
      { device: "a", on: true, level: 0.4, colour: "#ffab4a" },
      { device: "b", on: false, level: 0, colour: "#ffc873" },
    ]);
  });

  it("shows covers, openings, people, climate and what plays", () => {
    const points = [
      number("pos", "position", 25),
      bool("win", "contact", true),
      bool("lock", "lock", true),
      bool("mot", "motion", false),
      bool("occ", "occupancy", true),
      bool("ac", "on_off", true),
      token("mode", "mode", "cool"),
      bool("fan", "on_off", true),
      token("play", "playback", "playing"),
      token("run", "run", "cleaning"),
    ];
    const devices = [
      device("blind", "blind", "r", ["pos"]),
      device("window", "window", "r", ["win"]),
      device("lock", "lock", "r", ["lock"]),
      device("pir", "motion_sensor", "r", ["mot"]),
      device("radar", "occupancy_sensor", "r", ["occ"]),
      device("ac", "air_conditioner", "r", ["ac", "mode"]),
      device("fan", "fan", "r", ["fan"]),
      device("tv", "television", "r", ["play"]),
      device("robot", "vacuum", "r", ["run"]),
    ];
    expect(look(devices, points)).toMatchObject({
      covers: [{ device: "blind", open: 0.25 }],
      openings: [
        { device: "window", what: "window", open: 1 },
        { device: "lock", what: "door", open: 0, locked: true },
      ],
      occupied: true,
      climate: ["air", "cool"],
      playing: true,
      working: true,
    });
  });

  it("knows whether a thermostat heats or cools, and that one which is off does neither", () => {
    const points = (mode: string, wanted: number, power = true) => [bool("p", "on_off", power), token("m", "mode", mode), number("s", "setpoint", wanted, "Cel"), number("t", "measure.temperature", 21, "Cel")];
    const one = [device("t", "thermostat", "r", ["p", "m", "s", "t"])];
    expect([look(one, points("auto", 25)).climate, look(one, points("auto", 18)).climate, look(one, points("heat", 18)).climate, look(one, points("off", 25)).climate, look(one, points("heat", 25, false)).climate]).toEqual([["heat"], ["cool"], ["heat"], [], []]);
  });

  it("shows alarms by how grave they are; what cannot be reached says nothing", () => {
    const points = [bool("l", "leak", true), bool("s", "smoke", true), bool("g", "gas", true)];
    const devices = [device("leak", "leak_sensor", "r", ["l"]), device("smoke", "smoke_detector", "r", ["s"]), device("gas", "gas_detector", "r", ["g"], { online: false })];
    expect(look(devices, points)).toMatchObject({ alarms: ["smoke", "leak"], offline: ["gas"] });
    expect(look([device("off", "leak_sensor", "r", ["l"], { disabled: true })], points)).toMatchObject({ alarms: [], offline: [] });
  });

  it("does not take a value that is not trusted", () => {
    const point: Point = { ...number("t", "measure.temperature", 80, "Cel"), sample: { at: "2026-11-21T10:00:00Z", value: 80, quality: "bad" } };
    expect(look([device("s", "sensor", "r", ["t"])], [point]).temperature).toBeUndefined();
  });

  it("is the same object as long as nothing is seen to change", () => {
    const devices = byId([device("s", "sensor", "r", ["t"])]);
    const at = (value: number) => ({ devices, points: byId([number("t", "measure.temperature", value, "Cel")]) });
    const select = lookSelector(["s"]);
    const first = select(at(23.41));
    expect(select(at(23.43))).toBe(first);
    expect(select(at(23.61))).toMatchObject({ temperature: 23.6 });
  });
});
