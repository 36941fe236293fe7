// The building as a plan: sheets (floors), their cells (rooms) with outlines, and what a room looks like at the moment.
// Pure: the structure comes from spaces and devices, the look from the points' values.

import { lightOf } from "../lib/colour";
import { laidOut, type Polygon } from "../lib/geometry";
import type { Two } from "../lib/lang";
import { text } from "../lib/words";
import type { Device, Point, Space } from "../wire/types";
import { nameOf } from "./building";
import type { Site } from "./home";

/** A room on a sheet, with the devices in it and in everything below it. */
export interface Cell {
  id: string;
  name: Two;
  outline: Polygon;
  /** Whether its outline was made up here, because none is known. */
  guessed: boolean;
  devices: readonly string[];
}

/** A floor, or a building that has rooms without floors. */
export interface Sheet {
  id: string;
  name: Two;
  cells: readonly Cell[];
  /** Devices that belong to the floor as a whole. */
  loose: readonly string[];
}

const STOREYS: readonly (readonly [RegExp, number])[] = [
  [/roof|屋顶|天台|楼顶/i, 90],
  [/basement|地下|负/i, -1],
  [/ground|首层|底层|lobby/i, 1],
  [/first|一[楼层]/i, 1],
  [/second|二[楼层]/i, 2],
  [/third|三[楼层]/i, 3],
  [/fourth|四[楼层]/i, 4],
  [/fifth|五[楼层]/i, 5],
  [/sixth|六[楼层]/i, 6],
  [/seventh|七[楼层]/i, 7],
  [/eighth|八[楼层]/i, 8],
  [/ninth|九[楼层]/i, 9],
];

/** How high a floor lies by its names: its number, or the word for it; nothing when they do not say. */
export function storeyOf({ zh, en }: Two): number | undefined {
  for (const name of [en, zh]) {
    const below = /(?:^|\W)b\s?(\d+)|负(\d+)/i.exec(name);
    if (below) return -Number(below[1] ?? below[2]);
    const number = /(\d+)/.exec(name);
    if (number) return /basement|地下/i.test(name) ? -Number(number[1]) : Number(number[1]);
    const word = STOREYS.find(([pattern]) => pattern.test(name));
    if (word) return word[1];
  }
  return undefined;
}

const inOrder = new Intl.Collator("en", { numeric: true });

/** Whether a space is a sheet of its own rather than a room on one. */
const isSheet = (space: Space) => space.kind === "floor" || space.kind === "building" || space.kind === "site";

/** The sheet and the cell that a space belongs to: the nearest floor above it, and the outermost room below that. */
function placeOf(space: Space | undefined, spaces: Site["spaces"]): { sheet: Space; cell: Space | undefined } | undefined {
  let cell: Space | undefined;
  const seen = new Set<string>();
  for (let at = space; at && !seen.has(at.id); at = at.parent ? spaces[at.parent] : undefined) {
    if (isSheet(at)) return { sheet: at, cell };
    seen.add(at.id);
    cell = at;
  }
  return undefined;
}

/** Where devices stand that nobody has placed. */
export const NOWHERE = "nowhere";

/**
 * Every floor with its rooms; floors by building and storey. Floors without rooms and devices are left out; what nobody
 * has placed stands on a sheet of its own, so that everything is on the plan.
 */
export function sheetsOf({ spaces, devices }: Pick<Site, "spaces" | "devices">): Sheet[] {
  const sheets = new Map<string, { space: Space; cells: Map<string, { space: Space; devices: string[] }>; loose: string[] }>();
  const unplaced: string[] = [];
  const sheetFor = (space: Space) => {
    const known = sheets.get(space.id);
    if (known) return known;
    const made = { space, cells: new Map<string, { space: Space; devices: string[] }>(), loose: [] as string[] };
    sheets.set(space.id, made);
    return made;
  };
  const all = Object.values(spaces).sort((a, b) => inOrder.compare(nameOf(a.names).en, nameOf(b.names).en) || a.id.localeCompare(b.id));
  for (const space of all) {
    const place = placeOf(space, spaces);
    if (place?.cell?.id === space.id) sheetFor(place.sheet).cells.set(space.id, { space, devices: [] });
  }
  const placed = Object.values(devices).sort((a, b) => inOrder.compare(nameOf(a.names).en, nameOf(b.names).en));
  for (const device of placed) {
    const place = placeOf(device.space ? spaces[device.space] : undefined, spaces);
    if (!place) {
      unplaced.push(device.id);
      continue;
    }
    const sheet = sheetFor(place.sheet);
    const cell = place.cell && sheet.cells.get(place.cell.id);
    if (cell) cell.devices.push(device.id);
    else sheet.loose.push(device.id);
  }
  const above = (space: Space) => (space.kind === "floor" && space.parent ? nameOf(spaces[space.parent]?.names).en : nameOf(space.names).en);
  const building = (space: Space) => (space.kind === "floor" && spaces[space.parent ?? ""]?.kind === "building" ? above(space) : space.kind === "building" ? above(space) : "");
  const found = [...sheets.values()]
    .filter(({ cells, loose }) => cells.size > 0 || loose.length > 0)
    .sort(
      (a, b) =>
        inOrder.compare(building(a.space), building(b.space)) ||
        (storeyOf(nameOf(a.space.names)) ?? 99) - (storeyOf(nameOf(b.space.names)) ?? 99) ||
        inOrder.compare(nameOf(a.space.names).en, nameOf(b.space.names).en),
    )
    .map(({ space, cells, loose }): Sheet => {
      const name = nameOf(space.names);
      // A floor without rooms is one room.
      if (cells.size === 0) return single(space.id, name, space.outline, loose);
      const outlines = laidOut([...cells.values()].map((cell) => ({ id: cell.space.id, outline: cell.space.outline })));
      return {
        id: space.id,
        name,
        loose,
        cells: [...cells.values()].map((cell) => ({
          id: cell.space.id,
          name: nameOf(cell.space.names),
          outline: outlines.get(cell.space.id) ?? [],
          guessed: cell.space.outline.length < 3,
          devices: cell.devices,
        })),
      };
    });
  return unplaced.length > 0 ? [...found, single(NOWHERE, { zh: text("nowhere", "zh"), en: text("nowhere", "en") }, [], unplaced)] : found;
}

/** A sheet that has one cell. */
function single(id: string, name: Two, outline: Polygon, devices: readonly string[]): Sheet {
  const guessed = outline.length < 3;
  return { id, name, loose: [], cells: [{ id, name, outline: laidOut([{ id, outline }]).get(id) ?? [], guessed, devices }] };
}

/** The floor that is shown first: where one comes in, not the basement. */
export const entrance = (sheets: readonly Sheet[]): Sheet | undefined => sheets.find(({ name }) => (storeyOf(name) ?? 0) > 0) ?? sheets[0];

/** Where a device stands: its sheet, and its room unless it belongs to the whole floor. */
export function whereIs(sheets: readonly Sheet[], device: string): { sheet: string; cell: string | undefined } | undefined {
  for (const sheet of sheets) {
    const cell = sheet.cells.find(({ devices }) => devices.includes(device));
    if (cell || sheet.loose.includes(device)) return { sheet: sheet.id, cell: cell?.id };
  }
  return undefined;
}

export interface Lamp {
  device: string;
  on: boolean;
  /** From 0 to 1. */
  level: number;
  colour: string;
}
export interface Opening {
  device: string;
  what: "window" | "door";
  /** From 0, shut, to 1. */
  open: number;
  locked?: boolean;
}
export interface Cover {
  device: string;
  /** From 0, closed, to 1. */
  open: number;
}
export type Climate = "cool" | "heat" | "air";
export const ALARMS = ["smoke", "gas", "leak", "problem"] as const;
export type AlarmKind = (typeof ALARMS)[number];

/** What is seen of a room. Numbers are rounded to what is shown, so that a look changes only when the picture does. */
export interface Look {
  temperature?: number;
  co2?: number;
  humidity?: number;
  lamps: Lamp[];
  covers: Cover[];
  openings: Opening[];
  /** Absent where nothing senses people. */
  occupied?: boolean;
  /** What the climate devices do that run. */
  climate: Climate[];
  /** Media that play and machines that work. */
  playing: boolean;
  working: boolean;
  alarms: AlarmKind[];
  offline: string[];
}

const isOpening = /window|door|gate/;
const isCover = /blind|curtain|shade|shutter|awning/;
const isClimate = /air_conditioner|thermostat|fan_coil|heater|boiler|heat_pump/;
/** Machines that measure the air of their room. */
const hasRoomAir = /air_conditioner|thermostat|fan_coil|heater|purifier|humidifier/;
const isAir = /fan|ventilation|purifier|humidifier/;

const trusted = (point: Point | undefined) => (point?.sample && point.sample.quality !== "bad" ? point.sample.value : undefined);

/** The points of a device by trait. */
function byTrait(device: Device, points: Site["points"]): Map<string, Point> {
  const found = new Map<string, Point>();
  for (const id of device.points) {
    const point = points[id];
    if (point?.trait && !found.has(point.trait)) found.set(point.trait, point);
  }
  return found;
}

const share = (point: Point | undefined, value: unknown): number => {
  if (typeof value !== "number" || point?.kind !== "number") return 0;
  const [min, max] = [point.min ?? 0, point.max ?? 100];
  return Math.round(Math.min(1, Math.max(0, (value - min) / (max - min || 1))) * 100) / 100;
};

function climateOf(kind: string, mode: unknown, value: (trait: string) => unknown): Climate {
  if (mode === "heat" || kind.includes("heater") || kind.includes("boiler")) return "heat";
  if (mode === "cool" || mode === "dry") return "cool";
  if (mode === "fan_only") return "air";
  // By itself it goes to where the setpoint lies.
  const [wanted, present] = [value("setpoint"), value("measure.temperature")];
  if (typeof wanted === "number" && typeof present === "number") return wanted > present ? "heat" : "cool";
  return mode === undefined && kind.includes("thermostat") ? "heat" : "cool";
}

/** What a room with these devices looks like. */
export function lookOf(ids: readonly string[], { devices, points }: Pick<Site, "devices" | "points">): Look {
  const look: Look = { lamps: [], covers: [], openings: [], climate: [], playing: false, working: false, alarms: [], offline: [] };
  const measured = new Map<"temperature" | "co2" | "humidity", { own: number[]; aside: number[] }>();
  for (const id of ids) {
    const device = devices[id];
    if (!device || device.disabled) continue;
    if (device.online === false) {
      look.offline.push(id);
      continue;
    }
    seen(look, measured, device, byTrait(device, points));
  }
  const mean = (what: "temperature" | "co2" | "humidity", digits: number) => {
    const found = measured.get(what);
    const values = found && (found.own.length > 0 ? found.own : found.aside);
    if (!values || values.length === 0) return undefined;
    return Math.round((values.reduce((sum, n) => sum + n, 0) / values.length) * 10 ** digits) / 10 ** digits;
  };
  const [temperature, co2, humidity] = [mean("temperature", 1), mean("co2", -1), mean("humidity", 0)];
  look.climate = [...new Set(look.climate)].sort();
  look.alarms = ALARMS.filter((kind) => look.alarms.includes(kind));
  return { ...look, ...(temperature === undefined ? {} : { temperature }), ...(co2 === undefined ? {} : { co2 }), ...(humidity === undefined ? {} : { humidity }) };
}

/** Adds what one device shows. */
function seen(look: Look, measured: Map<"temperature" | "co2" | "humidity", { own: number[]; aside: number[] }>, device: Device, traits: Map<string, Point>): void {
  const value = (trait: string) => trusted(traits.get(trait));
  const { id, kind } = device;
  for (const what of ["temperature", "co2", "humidity"] as const) {
    const number = value(`measure.${what}`);
    if (typeof number !== "number") continue;
    const found = measured.get(what) ?? { own: [], aside: [] };
    // A sensor on the wall says more about the room than the one inside of a machine, and a boiler's nothing at all.
    const list = /sensor|station/.test(kind) ? found.own : hasRoomAir.test(kind) ? found.aside : undefined;
    list?.push(number);
    measured.set(what, found);
  }
  for (const alarm of ALARMS) if (value(alarm) === true) look.alarms.push(alarm);
  for (const sense of ["motion", "occupancy"]) {
    const people = value(sense);
    if (typeof people === "boolean") look.occupied = people || look.occupied === true;
  }
  const power = value("on_off");
  if (kind === "light") {
    const on = power === true;
    const [brightness, colour, kelvin] = [value("brightness"), value("colour"), value("colour_temperature")];
    look.lamps.push({
      device: id,
      on,
      level: !on ? 0 : typeof brightness === "number" ? share(traits.get("brightness"), brightness) : 1,
      colour: lightOf(typeof colour === "string" ? colour : undefined, typeof kelvin === "number" ? kelvin : undefined),
    });
  } else if (isCover.test(kind)) {
    const position = value("position");
    if (typeof position === "number") look.covers.push({ device: id, open: share(traits.get("position"), position) });
  } else if (isOpening.test(kind)) {
    const contact = value("contact") ?? value("opening");
    const open = typeof contact === "boolean" ? Number(contact) : share(traits.get("position"), value("position"));
    look.openings.push({ device: id, what: kind.includes("window") ? "window" : "door", open });
  } else if (kind === "lock") {
    const locked = value("lock");
    if (typeof locked === "boolean") look.openings.push({ device: id, what: "door", open: 0, locked });
  } else if (isClimate.test(kind)) {
    const mode = value("mode");
    if (power === true && mode !== "off") look.climate.push(climateOf(kind, mode, value));
  } else if (isAir.test(kind)) {
    if (power === true) look.climate.push("air");
  }
  if (value("playback") === "playing" && power !== false) look.playing = true;
  if (value("run") === "cleaning") look.working = true;
}

/** Gives the look of a room out of the whole state; the same object as long as it looks the same. */
export function lookSelector(ids: readonly string[]): (site: Pick<Site, "devices" | "points">) => Look {
  let parts: unknown[] = [];
  let look: Look | undefined;
  let key = "";
  return (site) => {
    const now: unknown[] = [];
    for (const id of ids) {
      const device = site.devices[id];
      now.push(device);
      for (const point of device?.points ?? []) now.push(site.points[point]);
    }
    if (look && now.length === parts.length && now.every((part, at) => part === parts[at])) return look;
    parts = now;
    const next = lookOf(ids, site);
    const nextKey = JSON.stringify(next);
    if (!look || nextKey !== key) [look, key] = [next, nextKey];
    return look;
  };
}
