// The site as people see it: floors, their rooms, the devices in them, and values in words.

import type { Two } from "../lib/lang";
import type { Device, Names, Point, Space, Value } from "../wire/types";
import type { Site } from "./home";

/** The display name in both languages; the other language's where one has none. */
export function nameOf(names: Names | undefined): Two {
  const zh = names?.zh?.[0] ?? names?.en?.[0] ?? "";
  const en = names?.en?.[0] ?? names?.zh?.[0] ?? "";
  return { zh, en };
}

export interface Item {
  device: Device;
  points: Point[];
}

export interface Room {
  /** None for devices that stand nowhere. */
  space: Space | undefined;
  /** The spaces around it, outermost first, without the site itself. */
  around: Space[];
  items: Item[];
}

function pathOf(space: Space | undefined, spaces: Site["spaces"]): Space[] {
  const path: Space[] = [];
  const seen = new Set<string>();
  for (let at = space; at && !seen.has(at.id); at = at.parent ? spaces[at.parent] : undefined) {
    seen.add(at.id);
    path.unshift(at);
  }
  return path;
}

/** Names in the order of people: 2 before 10; the same in both languages, so that a switch moves nothing. */
const inOrder = new Intl.Collator("en", { numeric: true });
const byName = (a: { names: Names }, b: { names: Names }) => inOrder.compare(nameOf(a.names).en, nameOf(b.names).en);

/** Floor by floor, then room by room; nowhere last. */
function bySpace(a: Room, b: Room): number {
  if (!a.space || !b.space) return a.space ? -1 : 1;
  const [left, right] = [[...a.around, a.space], [...b.around, b.space]];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const [l, r] = [left[at], right[at]];
    if (l && r && l.id !== r.id) return byName(l, r);
  }
  return left.length - right.length;
}

/** Rooms that have devices, with their devices. */
export function roomsOf(site: Pick<Site, "devices" | "points" | "spaces">): Room[] {
  const items = new Map<string, Item[]>();
  for (const device of Object.values(site.devices)) {
    const space = device.space && site.spaces[device.space] ? device.space : "";
    const points = device.points.flatMap((id) => site.points[id] ?? []).filter(({ kind }) => kind !== "service" && kind !== "other");
    const item = { device, points };
    const list = items.get(space);
    if (list) list.push(item);
    else items.set(space, [item]);
  }
  return [...items]
    .map(([id, list]) => {
      const space = site.spaces[id];
      const around = pathOf(space, site.spaces).filter((s) => s.id !== id && s.kind !== "site");
      return { space, around, items: list.sort((a, b) => byName(a.device, b.device)) };
    })
    .sort(bySpace);
}

/** Symbols of UCUM codes whose code is not what people write. */
const SYMBOLS: Readonly<Record<string, string>> = {
  "1": "",
  Cel: "°C",
  "[degF]": "°F",
  "[ppm]": "ppm",
  "W.h": "Wh",
  "kW.h": "kWh",
  m3: "m³",
  "m3/h": "m³/h",
  "ug/m3": "µg/m³",
  "[K_cct]": "K",
  deg: "°",
};
/** How a unit is written. */
export const symbolOf = (unit: string): string => SYMBOLS[unit] ?? unit;

const TIGHT = ["%", "°C", "°F", "°"];

type Both = readonly [Two, Two];
const both = (zhTrue: string, enTrue: string, zhFalse: string, enFalse: string): Both => [
  { zh: zhTrue, en: enTrue },
  { zh: zhFalse, en: enFalse },
];
const ON_OFF = both("开", "on", "关", "off");
/** What true and false mean by trait, as the server says it of a present value. */
const STATES: Readonly<Record<string, Both>> = {
  contact: both("打开", "open", "关闭", "closed"),
  opening: both("打开", "open", "关闭", "closed"),
  lock: both("已上锁", "locked", "未上锁", "unlocked"),
  motion: both("有人移动", "motion", "无人移动", "no motion"),
  occupancy: both("有人", "occupied", "没人", "empty"),
  leak: both("漏水", "wet", "干燥", "dry"),
  smoke: both("有烟雾", "smoke detected", "正常", "clear"),
  gas: both("有燃气泄漏", "gas detected", "正常", "clear"),
  problem: both("有故障", "problem", "正常", "ok"),
  mute: both("静音", "muted", "有声音", "unmuted"),
};

/** A value in words: the server's where it is the present one, otherwise by kind and unit. */
export function valueWords(point: Point | undefined, value: Value | null | undefined): Two | undefined {
  if (value === null || value === undefined) return undefined;
  if (point?.words && point.sample?.value === value) return point.words;
  if (typeof value === "boolean") return (STATES[point?.trait ?? ""] ?? ON_OFF)[value ? 0 : 1];
  if (typeof value === "number") {
    const number = String(Math.round(value * 1_000) / 1_000);
    const unit = point?.kind === "number" ? point.unit : "1";
    const symbol = symbolOf(unit);
    const text = symbol === "" ? number : TIGHT.includes(symbol) ? number + symbol : `${number} ${symbol}`;
    return { zh: text, en: text };
  }
  if (typeof value === "string") {
    const token = point?.kind === "enum" ? point.tokens.find((t) => t.token === value) : undefined;
    const names = token ? nameOf(token.names) : { zh: "", en: "" };
    return names.zh ? names : { zh: value, en: value };
  }
  const text = JSON.stringify(value);
  return { zh: text, en: text };
}
