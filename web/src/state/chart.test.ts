import { describe, expect, it } from "vitest";
import type { ChartFrame } from "../wire/types";
import { cellText, csv, fileName, fitted, hasValues, heightOf } from "./chart";

const frame = (rows: ChartFrame["rows"]): ChartFrame => ({
  lang: "en",
  kind: "trend",
  from: "2026-11-18T00:00:00Z",
  to: "2026-11-19T00:00:00Z",
  time_zone: "Asia/Shanghai",
  bucket: "1h",
  metrics: [{ name: "temperature", agg: "mean", unit: "Cel" }],
  columns: [
    { name: "time", role: "time", title: "Time" },
    { name: "area", role: "category", title: "Room", order: ["A", "B", "C"] },
    { name: "value", role: "value", title: "temperature (°C)", unit: "Cel" },
  ],
  rows,
  counts: { series: 3, series_total: 3, points: 3, without_value: 0, samples: 3, gaps: 0 },
});

describe("a table", () => {
  const full = frame([
    ["2026-11-18T08:00:00+08:00", 'Room "A", left', 1234.567],
    ["2026-11-18T09:00:00+08:00", "=1+1", null],
  ]);

  it("is written as CSV that no spreadsheet runs", () => {
    expect(csv(full)).toBe(
      '\uFEFFTime,Room,temperature (°C)\r\n2026-11-18T08:00:00+08:00,"Room ""A"", left",1234.567\r\n2026-11-18T09:00:00+08:00,\'=1+1,\r\n',
    );
  });

  it("is read on the site's own clock", () => {
    const cells = full.columns.map((column, at) => cellText(column, full.rows[0]?.[at] ?? null, "en"));
    expect(cells).toEqual(["2026-11-18 08:00", 'Room "A", left', "1,234.57"]);
    expect(cellText(full.columns[2]!, null, "en")).toBe("");
  });

  it("is empty where no row has a value", () => {
    expect([hasValues(full), hasValues(frame([["2026-11-18T08:00:00+08:00", "A", null]])), hasValues(frame([]))]).toEqual([true, false, false]);
  });

  it("is saved under a name that every system takes", () => {
    expect(fileName("温度 · 会议室 · 2026-11-18 10:00 – 12:00")).toBe("温度-会议室-2026-11-18-10-00-–-12-00");
  });
});

describe("a drawing", () => {
  it("fills its place, whatever it is made of", () => {
    expect(fitted({ width: "container", mark: "bar" }, 300)).toEqual({ width: 300, mark: "bar", autosize: { type: "fit-x", contains: "padding" } });
    expect(fitted({ vconcat: [{ width: 480, mark: "bar" }] }, 400)).toEqual({ vconcat: [{ width: 290, mark: "bar" }] });
    expect(fitted({ facet: {}, columns: 2 }, 700)).toEqual({ facet: {}, columns: 4 });
  });

  it("has its room before it is there", () => {
    const one = frame([]);
    expect([heightOf({ height: 200 }, one, 400), heightOf({ height: { step: 20 } }, one, 400), heightOf({ facet: {} }, one, 400)]).toEqual([264, 124, 388]);
  });
});
