// A chart's table as text, and its drawing fitted into a place. Pure.

import type { ChartFrame } from "../wire/types";

type Column = ChartFrame["columns"][number];
type Cell = ChartFrame["rows"][number][number];
type Json = { [key: string]: unknown };

/** Room that axes and legends take beside a drawing of fixed width, in pixels. */
const AXES = 110;
/** Room of a dial with its space. */
const DIAL = 170;
/** Room of axes and legend below a drawing. */
const BELOW = 64;

/** A cell as people read it: the site's own clock, numbers with few digits. */
export function cellText(column: Column, cell: Cell, locale: string): string {
  if (cell === null || cell === undefined) return "";
  if (column.role === "time") return String(cell).slice(0, 16).replace("T", " ");
  if (typeof cell === "number") return cell.toLocaleString(locale, { maximumFractionDigits: 2 });
  return String(cell);
}

/** A cell of a CSV file (RFC 4180). What a spreadsheet would run as a formula is text. */
function csvCell(cell: unknown): string {
  if (cell === null || cell === undefined) return "";
  const text = typeof cell === "string" && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : String(cell);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** The table as CSV, with times that carry their offset. The mark at its begin tells spreadsheets that it is UTF-8. */
export function csv(frame: ChartFrame): string {
  const head = frame.columns.map((column) => csvCell(column.title));
  const rows = frame.rows.map((row) => row.map(csvCell));
  return `\uFEFF${[head, ...rows].map((line) => line.join(",")).join("\r\n")}\r\n`;
}

const object = (value: unknown): Json => (typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {});

/** The specification for a place of this width. */
export function fitted(spec: unknown, width: number): Json {
  const own = { ...object(spec) };
  if (own["width"] === "container") return { ...own, width, autosize: { type: "fit-x", contains: "padding" } };
  if (Array.isArray(own["vconcat"])) own["vconcat"] = own["vconcat"].map((part) => ({ ...object(part), width: Math.max(120, width - AXES) }));
  if ("facet" in own) own["columns"] = Math.max(1, Math.floor(width / DIAL));
  return own;
}

/** About how high a drawing becomes, so that nothing jumps when it is there. */
export function heightOf(spec: unknown, frame: ChartFrame, width: number): number {
  const own = object(spec);
  const names = Math.max(1, ...frame.columns.filter((c) => c.role === "category").map((c) => c.order?.length ?? 0));
  if (Array.isArray(own["vconcat"])) return own["vconcat"].length * (260 + BELOW);
  if ("facet" in own) return Math.ceil(names / Math.max(1, Math.floor(width / DIAL))) * (DIAL + 24);
  const height = own["height"];
  if (typeof height === "number") return height + BELOW;
  const step = object(height)["step"];
  return (typeof step === "number" ? step * names : 260) + BELOW;
}

/** A title as the name of a file. */
export const fileName = (title: string): string => title.replace(/[\\/:*?"<>|\s·]+/g, "-").slice(0, 80);

/** Whether any row has a value. */
export const hasValues = (frame: ChartFrame): boolean => {
  const measured = frame.columns.flatMap((column, at) => (column.role === "number" || column.role === "value" || column.name === "state" ? [at] : []));
  return frame.rows.some((row) => measured.some((at) => row[at] !== null && row[at] !== undefined));
};
