import { describe, expect, it } from "vitest";
import type { Lang } from "../lib/lang";
import { byId } from "../state/home";
import type { Device, Point, Space } from "../wire/types";
import { EXAMPLES_MAX, examplesOf, nameKey } from "./examples";

/** A device by a row: key, kind, room, Chinese name, English name, and its traits with what they say; `!` is writable. */
type Row = [key: string, kind: string, room: string, zh: string, en: string, traits: Record<string, boolean | number | string | undefined>];
type RoomRow = [key: string, zh: string, en: string];

function site(roomRows: readonly RoomRow[], rows: readonly Row[]) {
  const spaces = roomRows.map(([id, zh, en]): Space => ({ id, kind: "room", names: names(zh, en), outline: [], tags: [] }));
  const points: Point[] = [];
  const devices = rows.map(([id, kind, space, zh, en, traits]): Device => {
    const own = Object.entries(traits).map(([key, value]): Point => {
      const trait = key.replace("!", "");
      const sample = value === undefined ? {} : { sample: { at: "2026-11-21T08:00:00Z", value } };
      return { id: `${id}.${trait}`, device: id, identifier: trait, kind: "other", names: {}, assistant: "act", feedback: true, safety: "comfort", writable: key.endsWith("!"), trait, ...sample };
    });
    points.push(...own);
    return { id, key: id, kind, product: kind, names: names(zh, en), points: own.map((point) => point.id), space, online: true, disabled: false, route: "simulated", tags: [] };
  });
  return { spaces: byId(spaces), devices: byId(devices), points: byId(points) };
}

const names = (zh: string, en: string) => ({ ...(zh ? { zh: [zh] } : {}), ...(en ? { en: [en] } : {}) });

const OFFICE = site(
  [
    ["lobby", "大厅", "Lobby"],
    ["meeting", "会议室", "Meeting room"],
    ["study", "经理室", "Manager's office"],
  ],
  [
    ["lobby_light", "light", "lobby", "大厅灯", "Lobby light", { "on_off!": false, "brightness!": 0 }],
    ["lobby_motion", "motion_sensor", "lobby", "大厅人体传感器", "Lobby motion sensor", { motion: false }],
    ["meeting_light", "light", "meeting", "会议室灯", "Meeting room light", { "on_off!": false, "brightness!": 0 }],
    ["meeting_ac", "air_conditioner", "meeting", "会议室空调", "Meeting room AC", { "on_off!": true, "setpoint!": 25, "measure.temperature": 24 }],
    ["meeting_air", "sensor", "meeting", "会议室环境传感器", "Meeting room sensor", { "measure.temperature": 24, "measure.co2": 620 }],
    ["meeting_blind", "blind", "meeting", "会议室百叶帘", "Meeting room blind", { "position!": 100 }],
    ["desk_lamp", "light", "study", "经理室台灯", "Desk lamp", { "on_off!": false, "colour!": "white" }],
  ],
);

const texts = (here: ReturnType<typeof site>, lang: Lang) => examplesOf(here, lang).map(({ text }) => text);

describe("the sentences of an office", () => {
  it("are of six kinds, in English", () =>
    expect(texts(OFFICE, "en")).toEqual([
      "Turn on the lobby light",
      "How warm is the meeting room?",
      "If the meeting room is above 26 degrees for 5 minutes, turn on the meeting room AC",
      "Make the desk lamp blue",
      "Close the meeting room blind",
      "Why is the meeting room AC on?",
    ]));

  it("and in Chinese", () =>
    expect(texts(OFFICE, "zh")).toEqual(["打开大厅灯", "会议室现在多少度？", "如果会议室温度高于26度持续5分钟，就打开会议室空调", "把经理室台灯调成蓝色", "关上会议室百叶帘", "为什么会议室空调开着？"]));

  it("are true of the moment", () => {
    const points = { ...OFFICE.points };
    for (const [id, now] of [["meeting_ac.on_off", false], ["desk_lamp.on_off", true], ["lobby_light.on_off", true], ["meeting_light.on_off", true], ["meeting_blind.position", 0]] as const) {
      const known = points[id];
      if (known) points[id] = { ...known, sample: { at: "2026-11-21T08:00:00Z", value: now } };
    }
    expect(texts({ ...OFFICE, points }, "en")).toEqual(expect.arrayContaining(["Turn off the lobby light", "Open the meeting room blind", "Why is the desk lamp on?"]));
  });
});

describe("the sentences of other buildings", () => {
  const TWO: readonly RoomRow[] = [
    ["bed", "卧室", "Bedroom"],
    ["second", "次卧室", "Second bedroom"],
  ];

  it("a small one has what it has", () => {
    const home = site(TWO.slice(0, 1), [
      ["plug", "outlet", "bed", "插座", "Heater plug", { "on_off!": false }],
      ["air", "sensor", "bed", "温湿度计", "Climate", { "measure.humidity": 48 }],
      ["window", "window", "bed", "卧室窗户", "Bedroom window", { contact: false }],
    ]);
    expect(texts(home, "en")).toEqual(["Turn on the heater plug", "What is the humidity in the bedroom?", "Is any window open?"]);
    expect(texts(home, "zh")).toEqual(["打开插座", "卧室的湿度是多少？", "有没有窗户开着？"]);
  });

  it("without an air conditioner the rule is about motion", () => {
    const home = site(TWO.slice(0, 1), [
      ["lamp", "light", "bed", "床头灯", "Bedside lamp", { "on_off!": false }],
      ["eye", "motion_sensor", "bed", "人体传感器", "Motion sensor", { motion: false }],
    ]);
    expect(texts(home, "en")).toContain("When there is motion in the bedroom, turn on the bedside lamp");
    expect(texts(home, "zh")).toContain("卧室有人移动时，打开床头灯");
  });

  it("rooms called by what they are come before rooms with names", () => {
    const house = site(
      [
        ["cedar", "雪松厅", "Cedar"],
        ["lobby", "大厅", "Lobby"],
      ],
      [
        ["c1", "light", "cedar", "雪松厅灯", "Cedar light", { "on_off!": false }],
        ["c2", "sensor", "cedar", "雪松厅传感器", "Cedar sensor", { "measure.temperature": 22 }],
        ["l1", "light", "lobby", "大厅的大吊灯", "Lobby chandelier", { "on_off!": false }],
        ["l2", "sensor", "lobby", "大厅传感器", "Lobby sensor", { "measure.temperature": 21 }],
      ],
    );
    const spaces = { ...house.spaces, lobby: { ...house.spaces["lobby"]!, tags: ["lobby"] }, cedar: { ...house.spaces["cedar"]!, tags: ["meeting_room"] } };
    expect(texts({ ...house, spaces }, "en").slice(0, 2)).toEqual(["Turn on the lobby chandelier", "How warm is the lobby?"]);
    expect(texts({ ...house, spaces }, "zh").slice(0, 2)).toEqual(["打开大厅的大吊灯", "大厅现在多少度？"]);
  });

  it("where the air can be changed the rule is about the air", () => {
    const room = site(TWO.slice(0, 1), [
      ["air", "sensor", "bed", "空气传感器", "Air sensor", { "measure.co2": 600, "measure.temperature": 22 }],
      ["fan", "fan", "bed", "新风", "Fan", { "on_off!": false }],
      ["ac", "air_conditioner", "bed", "空调", "AC", { "on_off!": false }],
    ]);
    expect(texts(room, "en")).toContain("If the CO2 in the bedroom is above 900 ppm for 5 minutes, turn on the fan");
    expect(texts(room, "zh")).toContain("如果卧室二氧化碳高于900ppm持续5分钟，就打开新风");
  });

  it("a room is as warm as its air, not as its boiler", () => {
    const cellar = site(TWO.slice(0, 1), [["boiler", "boiler", "bed", "锅炉", "Boiler", { "measure.temperature": 55 }]]);
    expect(texts(cellar, "en")).toEqual([]);
  });

  it("a name that could mean two things is not said, nor one of the other language", () => {
    const home = site(TWO, [
      ["one", "light", "bed", "灯", "Lamp", { "on_off!": false }],
      ["two", "light", "second", "次卧灯", "", { "on_off!": false }],
    ]);
    expect(texts(home, "zh")).toEqual(["打开次卧灯", "为什么次卧灯关着？", "哪些灯开着？"]);
    expect(texts(home, "en")).toEqual(["Turn on the lamp", "Why is the lamp off?", "Which lights are on?"]);
  });

  it("what is away or hidden is not asked for", () => {
    const lamp = Object.values(OFFICE.devices).map((device) => ({ ...device, online: false }));
    expect(texts({ ...OFFICE, devices: byId(lamp) }, "en")).toEqual([]);
    expect(texts(site([], []), "zh")).toEqual([]);
  });

  it("there are never more than six", () => expect(examplesOf(OFFICE, "en").length).toBe(EXAMPLES_MAX));
});

it("a report alone changes no sentence, a name does", () => {
  const renamed = { ...OFFICE, devices: { ...OFFICE.devices, desk_lamp: { ...OFFICE.devices["desk_lamp"]!, names: names("台灯", "Reading lamp") } } };
  expect(nameKey({ ...OFFICE, points: {} })).toBe(nameKey(OFFICE));
  expect(nameKey(renamed)).not.toBe(nameKey(OFFICE));
});
