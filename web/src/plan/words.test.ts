import { expect, it } from "vitest";
import { type Fillings, text, type Word } from "../lib/words";
import type { Look } from "../state/plan";
import { described, figure, remarks } from "./words";

const en = (word: Word, fillings?: Fillings) => text(word, "en", fillings);
const zh = (word: Word, fillings?: Fillings) => text(word, "zh", fillings);
const quiet: Look = { lamps: [], covers: [], openings: [], climate: [], playing: false, working: false, alarms: [], offline: [] };
const lamp = (on: boolean) => ({ device: "l", on, level: Number(on), colour: "#ffc873" });

it("numbers have their unit", () => {
  expect([figure("temperature", 21), figure("co2", 812.4), figure("humidity", 44.6)]).toEqual(["21.0°C", "812 ppm", "45%"]);
});

it("a room is told with the most urgent first", () => {
  const look: Look = {
    ...quiet,
    temperature: 21.4,
    co2: 810,
    occupied: true,
    lamps: [lamp(true), lamp(false)],
    openings: [
      { device: "w", what: "window", open: 1 },
      { device: "k", what: "door", open: 0, locked: false },
    ],
    covers: [{ device: "c", open: 0.25 }],
    climate: ["cool"],
    alarms: ["leak"],
    offline: ["x"],
  };
  expect(described("Lobby", look, en)).toBe("Lobby, Temperature 21.4°C, CO₂ 810 ppm, occupied, Water leak, 1 of 2 lights on, window open, unlocked, cooling, blinds 75% closed, 1 offline");
  expect(remarks(look, zh).slice(0, 3)).toEqual(["漏水", "1/2 盏灯亮着", "窗开着"]);
});

it("a room of which nothing is known has its name", () => {
  expect(described("Stairs", quiet, en)).toBe("Stairs");
  expect(remarks({ ...quiet, lamps: [lamp(false)] }, zh)).toEqual(["灯全关"]);
});
