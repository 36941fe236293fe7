// Sentences to try on an empty page, made of what exists here, so that each of them is true of this building. Pure.

import type { Lang } from "../lib/lang";
import { inSentence } from "../lib/speech";
import { nameOf } from "../state/building";
import type { Site } from "../state/home";
import type { Device, Names, Point, Space } from "../wire/types";

/** What kind of thing a sentence shows. */
export type ExampleKind = "command" | "question" | "rule" | "look" | "cover" | "why" | "list";

export interface Example {
  kind: ExampleKind;
  text: string;
}

/** So many sentences are offered. */
export const EXAMPLES_MAX = 6;
/** The lamp of the dimming sentence stands at this after it. */
const DIM_PERCENT = 40;
/** A room warmer than this is worth a rule. */
const WARM_CELSIUS = 26;
/** Air that is worth changing: a meeting brings it there in any season. */
const STALE_PPM = 900;
const RULE_MINUTES = 5;
/** What an air conditioner is asked for. */
const COOL_CELSIUS = 24;

type Here = Pick<Site, "devices" | "points" | "spaces">;

interface Thing {
  device: Device;
  points: Map<string, Point>;
  room: Space | undefined;
  /** As it is called in a sentence of the language. */
  name: string;
}

interface Room {
  space: Space;
  name: string;
  things: Thing[];
}

/** At most six sentences, of different kinds as far as the building has something for them. */
export function examplesOf(site: Here, lang: Lang): Example[] {
  const things = thingsOf(site, lang);
  const rooms = roomsOf(site, things, lang);
  const makers: [ExampleKind, string | undefined][] = [
    ["command", switching(things, lang)],
    ["question", measured(rooms, lang)],
    ["rule", ruling(rooms, lang)],
    ["look", looks(things, lang)],
    ["cover", covering(things, lang)],
    ["why", cause(things, lang)],
    ["list", listing(things, lang)],
    ["look", cooling(things, lang)],
    ["question", warmest(rooms, lang)],
    ["list", openings(things, lang)],
  ];
  const made = makers.flatMap(([kind, text]) => (text ? [{ kind, text }] : []));
  return made.slice(0, EXAMPLES_MAX);
}

const say = (lang: Lang, zh: string, en: string) => (lang === "zh" ? zh : en);

/** Whether a room is called by what it is ("Meeting room", tagged `meeting_room`) and not by a name of its own ("Cedar"). */
function plain(space: Space | undefined): boolean {
  const names = (space?.names.en ?? []).map((name) => name.toLowerCase());
  return space?.tags.some((tag) => names.includes(tag.replaceAll("_", " "))) ?? false;
}

/** Plain rooms first, then the shortest name: "Lobby light" before "Cedar light" and "Open office light"; then by id. */
const plainest = (a: Thing, b: Thing) => Number(plain(b.room)) - Number(plain(a.room)) || a.name.length - b.name.length || (a.device.id < b.device.id ? -1 : 1);

function thingsOf(site: Here, lang: Lang): Thing[] {
  const devices = Object.values(site.devices);
  const clear = clearNames(devices, lang);
  const things = devices.flatMap((device): Thing[] => {
    const name = clear(device.names);
    if (!name || device.disabled || device.online === false) return [];
    const points = device.points.flatMap((id) => site.points[id] ?? []).filter((point) => point.assistant === "act" || point.assistant === "read");
    const byTrait = new Map(points.reverse().flatMap((point) => (point.trait ? [[point.trait, point] as const] : [])));
    return [{ device, points: byTrait, room: device.space ? site.spaces[device.space] : undefined, name: lang === "en" ? inSentence(name) : name }];
  });
  return things.sort(plainest);
}

function roomsOf(site: Here, things: readonly Thing[], lang: Lang): Room[] {
  const spaces = Object.values(site.spaces).filter((space) => space.kind === "room" || space.kind === "zone");
  const clear = clearNames(spaces, lang);
  const rooms = spaces.flatMap((space): Room[] => {
    const name = clear(space.names);
    const inside = things.filter(({ room }) => room?.id === space.id);
    return name && inside.length > 0 ? [{ space, name: lang === "en" ? inSentence(name) : name, things: inside }] : [];
  });
  // Of the plain rooms the one that has most to tell of comes first.
  return rooms.sort((a, b) => Number(plain(b.space)) - Number(plain(a.space)) || b.things.length - a.things.length || (a.space.id < b.space.id ? -1 : 1));
}

/** The display name where it means one thing only: no other of its kind has it in a name of its own. */
function clearNames(all: readonly { names: Names }[], lang: Lang): (names: Names) => string | undefined {
  const list = (names: Names) => (names[lang] ?? []).map((name) => name.toLowerCase());
  const known = all.map(({ names }) => list(names));
  return (names) => {
    const name = names[lang]?.[0];
    if (!name) return undefined;
    const low = name.toLowerCase();
    const holders = known.filter((others) => others.some((other) => other.includes(low)));
    return holders.length === 1 ? name : undefined;
  };
}

const value = (thing: Thing, trait: string) => thing.points.get(trait)?.sample?.value;
const writable = (thing: Thing, trait: string) => thing.points.get(trait)?.writable === true;
const isLight = (thing: Thing) => thing.device.kind.includes("light");
/** What measures the air of its room; a boiler or a heat meter measures water. */
const sensesAir = (thing: Thing) => /^(sensor|thermostat)$/.test(thing.device.kind);
const isCooler = (thing: Thing) => thing.device.kind === "air_conditioner" && writable(thing, "on_off");

function switching(things: readonly Thing[], lang: Lang): string | undefined {
  const all = things.filter((thing) => isLight(thing) && writable(thing, "on_off"));
  // A lamp that shows colours has a sentence of its own.
  const lights = [...all.filter((thing) => !thing.points.has("colour")), ...all.filter((thing) => thing.points.has("colour"))];
  const others = things.filter((thing) => /^(outlet|switch|fan)$/.test(thing.device.kind) && writable(thing, "on_off"));
  const dark = (list: readonly Thing[]) => list.find((thing) => value(thing, "on_off") !== true);
  const off = dark(lights) ?? dark(others);
  if (off) return say(lang, `打开${off.name}`, `Turn on the ${off.name}`);
  const on = lights[0] ?? others[0];
  return on && say(lang, `关闭${on.name}`, `Turn off the ${on.name}`);
}

const QUESTIONS: readonly [string, (room: string) => [string, string]][] = [
  ["measure.temperature", (room) => [`${room}现在多少度？`, `How warm is the ${room}?`]],
  ["measure.co2", (room) => [`${room}的二氧化碳是多少？`, `What is the CO2 in the ${room}?`]],
  ["measure.humidity", (room) => [`${room}的湿度是多少？`, `What is the humidity in the ${room}?`]],
];

function measured(rooms: readonly Room[], lang: Lang): string | undefined {
  for (const [trait, words] of QUESTIONS) {
    const room = rooms.find(({ things }) => things.some((thing) => sensesAir(thing) && value(thing, trait) !== undefined));
    if (room) return say(lang, ...words(room.name));
  }
  return undefined;
}

function ruling(rooms: readonly Room[], lang: Lang): string | undefined {
  for (const room of rooms) {
    const fan = room.things.find((thing) => thing.device.kind === "fan" && writable(thing, "on_off"));
    if (fan && room.things.some((thing) => sensesAir(thing) && thing.points.has("measure.co2"))) {
      const zh = `如果${room.name}二氧化碳高于${STALE_PPM}ppm持续${RULE_MINUTES}分钟，就打开${fan.name}`;
      return say(lang, zh, `If the CO2 in the ${room.name} is above ${STALE_PPM} ppm for ${RULE_MINUTES} minutes, turn on the ${fan.name}`);
    }
  }
  for (const room of rooms) {
    const cooler = room.things.find(isCooler);
    const sensor = room.things.some((thing) => sensesAir(thing) && thing.points.has("measure.temperature"));
    if (cooler && sensor) {
      const zh = `如果${room.name}温度高于${WARM_CELSIUS}度持续${RULE_MINUTES}分钟，就打开${cooler.name}`;
      return say(lang, zh, `If the ${room.name} is above ${WARM_CELSIUS} degrees for ${RULE_MINUTES} minutes, turn on the ${cooler.name}`);
    }
  }
  for (const room of rooms) {
    const lamp = room.things.find((thing) => isLight(thing) && writable(thing, "on_off"));
    const watcher = room.things.some((thing) => thing.points.has("motion"));
    if (lamp && watcher) return say(lang, `${room.name}有人移动时，打开${lamp.name}`, `When there is motion in the ${room.name}, turn on the ${lamp.name}`);
  }
  return undefined;
}

function looks(things: readonly Thing[], lang: Lang): string | undefined {
  const colourful = things.find((thing) => isLight(thing) && writable(thing, "colour"));
  if (colourful) return say(lang, `把${colourful.name}调成蓝色`, `Make the ${colourful.name} blue`);
  const dimmable = things.filter((thing) => isLight(thing) && writable(thing, "brightness"));
  // Not the lamp of the first sentence, where there is another one.
  const lamp = dimmable[1] ?? dimmable[0];
  return lamp && say(lang, `把${lamp.name}调到${DIM_PERCENT}%`, `Dim the ${lamp.name} to ${DIM_PERCENT}%`);
}

function covering(things: readonly Thing[], lang: Lang): string | undefined {
  const cover = things.find((thing) => /^(blind|curtain|shade|shutter)$/.test(thing.device.kind) && writable(thing, "position"));
  if (cover) return value(cover, "position") === 0 ? say(lang, `打开${cover.name}`, `Open the ${cover.name}`) : say(lang, `关上${cover.name}`, `Close the ${cover.name}`);
  return undefined;
}

/** Asks for the cause of what is so at this moment. */
function cause(things: readonly Thing[], lang: Lang): string | undefined {
  const likely = [...things.filter(isCooler), ...things.filter(isLight)];
  const known = likely.filter((thing) => typeof value(thing, "on_off") === "boolean");
  const thing = known.find((one) => value(one, "on_off") === true) ?? known[0];
  if (!thing) return undefined;
  return value(thing, "on_off") === true ? say(lang, `为什么${thing.name}开着？`, `Why is the ${thing.name} on?`) : say(lang, `为什么${thing.name}关着？`, `Why is the ${thing.name} off?`);
}

function listing(things: readonly Thing[], lang: Lang): string | undefined {
  return things.some((thing) => isLight(thing) && thing.points.has("on_off")) ? say(lang, "哪些灯开着？", "Which lights are on?") : undefined;
}

function cooling(things: readonly Thing[], lang: Lang): string | undefined {
  const cooler = things.find((thing) => isCooler(thing) && writable(thing, "setpoint"));
  return cooler && say(lang, `把${cooler.name}调到${COOL_CELSIUS}度`, `Set the ${cooler.name} to ${COOL_CELSIUS} degrees`);
}

function warmest(rooms: readonly Room[], lang: Lang): string | undefined {
  const warm = rooms.filter(({ things }) => things.some((thing) => sensesAir(thing) && thing.points.has("measure.temperature")));
  return warm.length > 1 ? say(lang, "哪个房间最热？", "Which room is warmest?") : undefined;
}

function openings(things: readonly Thing[], lang: Lang): string | undefined {
  if (things.some((thing) => thing.device.kind === "window" && thing.points.has("contact"))) return say(lang, "有没有窗户开着？", "Is any window open?");
  if (things.some((thing) => thing.device.kind === "door" && thing.points.has("contact"))) return say(lang, "有没有门开着？", "Is any door open?");
  return undefined;
}

/** What changes the sentences when it changes: which devices there are, not what they report. */
export const nameKey = (site: Here) => Object.values(site.devices).map((device) => `${device.id}${device.online === false ? "-" : ""}${nameOf(device.names).en}`).join();
