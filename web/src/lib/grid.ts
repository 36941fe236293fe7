// The small table of a scenario as it is edited: times and points, cell by cell, and as the text that the server reads.

export interface Grid {
  /** Ids of points. */
  columns: string[];
  /** Whether there is a column of what the rule shall ask for. */
  expects: boolean;
  rows: GridRow[];
}

export interface GridRow {
  time: string;
  /** By id of the point; what is absent does not change. */
  cells: Readonly<Record<string, string>>;
  expected: string;
}

/** Rows that are edited in a grid; longer tables are written as text. */
export const GRID_ROWS_MAX = 60;

/** A cell is one line without the sign that parts cells. */
const plain = (cell: string) => cell.replace(/[|\r\n]+/g, " ").trim();

/** The table as Markdown. */
export function gridText({ columns, expects, rows }: Grid): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => plain(cell) || "-").join(" | ")} |`;
  const head = ["time", ...columns, ...(expects ? ["expect"] : [])];
  return [
    line(head),
    `|${head.map(() => "---").join("|")}|`,
    ...rows.map(({ time, cells, expected }) => line([time, ...columns.map((id) => cells[id] ?? ""), ...(expects ? [expected] : [])])),
  ].join("\n");
}

/** Minutes between a row and the one that is added behind it. */
const STEP_MINUTES = 5;

/** The time of the row behind the last: as far behind it as it is behind the one before. */
export function nextTime(rows: readonly GridRow[]): string {
  const at = rows.map(({ time }) => minutesOf(time));
  const [before, last] = [at.at(-2), at.at(-1)];
  if (last === undefined) return "0:00";
  const step = before !== undefined && last > before ? last - before : STEP_MINUTES;
  const next = last + step;
  return next >= 60 ? `${Math.floor(next / 60)}:${String(next % 60).padStart(2, "0")}:00` : `${next}:00`;
}

/** Whole minutes of `m:ss` or `h:mm:ss`. */
function minutesOf(time: string): number | undefined {
  const parts = time.trim().split(":").map(Number);
  if (parts.some((n) => !Number.isInteger(n) || n < 0)) return undefined;
  const [first = 0, second = 0] = parts;
  return parts.length === 3 ? first * 60 + second : parts.length === 2 ? first : undefined;
}
