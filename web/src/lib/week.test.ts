import { describe, expect, it } from "vitest";
import { type Slot, timeOf, weekOf } from "./week";

const drawn = (slots: Slot<boolean>[]) => weekOf(slots, false).map(({ day, from, to, value, slot }) => `${day} ${timeOf(from)}-${timeOf(to)} ${value} ${slot ?? "-"}`);

describe("a week", () => {
  it("has periods, and otherwise the rest", () => {
    const blocks = drawn([{ days: { weekdays: ["tue"] }, from: "08:00", to: "18:00", value: true }]);
    expect(blocks.filter((block) => block.startsWith("1"))).toEqual(["1 00:00-08:00 false -", "1 08:00-18:00 true 0", "1 18:00-24:00 false -"]);
    expect(blocks).toHaveLength(9);
  });

  it("goes on over midnight, from Sunday into Monday too", () => {
    const blocks = drawn([{ days: "everyday", from: "22:00", to: "06:00", value: true }]);
    expect(blocks.slice(0, 3)).toEqual(["0 00:00-06:00 true 0", "0 06:00-22:00 false -", "0 22:00-24:00 true 0"]);
    expect(drawn([{ days: { weekdays: ["sun"] }, from: "22:00", to: "06:00", value: true }])[0]).toBe("0 00:00-06:00 true 0");
  });

  it("has single times that last until the next one, with periods over them", () => {
    const blocks = drawn([
      { days: "workdays", from: "07:00", value: true },
      { days: "workdays", from: "19:00", value: false },
      { days: { weekdays: ["mon"] }, from: "12:00", to: "13:00", value: false },
    ]);
    expect(blocks.filter((block) => block.startsWith("0"))).toEqual(["0 00:00-07:00 false 1", "0 07:00-12:00 true 0", "0 12:00-13:00 false 2", "0 13:00-19:00 true 0", "0 19:00-24:00 false 1"]);
    expect(blocks.filter((block) => block.startsWith("6"))).toEqual(["6 00:00-24:00 false 1"]);
  });
});
