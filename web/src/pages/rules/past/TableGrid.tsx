// The table of a scenario, cell by cell.

import { type Grid, GRID_ROWS_MAX, nextTime } from "../../../lib/grid";
import { useHome } from "../../../state/home";
import { pointWords } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button, IconButton } from "../../../ui/Button";
import { Tick } from "../../../ui/Form";
import { PointPicker } from "../PointPicker";
import styles from "./Past.module.css";

interface Props {
  grid: Grid;
  set: (grid: Grid) => void;
  /** What is wrong in a cell; rows and columns count from 1, the time is column 0. */
  faults: (row: number, column: number) => string[];
}

export function TableGrid({ grid, set, faults }: Props) {
  const { of } = useWords();
  const f = useFlow();
  const here = useHome.getState();
  const name = (id: string) => of(pointWords(here, id));
  const put = (row: number, next: Partial<Grid["rows"][number]>) => set({ ...grid, rows: grid.rows.map((old, at) => (at === row ? { ...old, ...next } : old)) });
  return (
    <>
      <div className={styles.scrolls} data-pans="true">
        <table className={`${styles.table} ${styles.cells}`}>
          <thead>
            <tr>
              <th scope="col">{f("tableTime")}</th>
              {grid.columns.map((id) => (
                <th key={id} scope="col">
                  <span className={styles.column}>
                    {name(id)}
                    <IconButton label={f("tableRemoveColumn", { name: name(id) })} icon="cross" onClick={() => set({ ...grid, columns: grid.columns.filter((one) => one !== id) })} />
                  </span>
                </th>
              ))}
              {grid.expects && <th scope="col">{f("tableExpect")}</th>}
              <td />
            </tr>
          </thead>
          <tbody>
            {grid.rows.map((row, at) => (
              <tr key={at}>
                <td>
                  <Cell label={f("tableCell", { n: at + 1, name: f("tableTime") })} value={row.time} set={(time) => put(at, { time })} faults={faults(at + 1, 0)} />
                </td>
                {grid.columns.map((id, column) => (
                  <td key={id}>
                    <Cell label={f("tableCell", { n: at + 1, name: name(id) })} value={row.cells[id] ?? ""} set={(cell) => put(at, { cells: { ...row.cells, [id]: cell } })} faults={faults(at + 1, column + 1)} />
                  </td>
                ))}
                {grid.expects && (
                  <td>
                    <Cell label={f("tableCell", { n: at + 1, name: f("tableExpect") })} value={row.expected} set={(expected) => put(at, { expected })} faults={faults(at + 1, grid.columns.length + 1)} />
                  </td>
                )}
                <td>
                  <IconButton label={f("tableRemoveRow", { n: at + 1 })} icon="trash" disabled={grid.rows.length === 1} onClick={() => set({ ...grid, rows: grid.rows.filter((_, one) => one !== at) })} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className={styles.ask}>
        <Button icon="plus" disabled={grid.rows.length >= GRID_ROWS_MAX} onClick={() => set({ ...grid, rows: [...grid.rows, { time: nextTime(grid.rows), cells: {}, expected: "" }] })}>
          {f("tableAddRow")}
        </Button>
        <Tick label={f("tableExpect")} on={grid.expects} set={(expects) => set({ ...grid, expects })} />
      </div>
      <PointPicker label={f("tableAddColumn")} without={grid.columns} pick={(id) => set({ ...grid, columns: [...grid.columns, id] })} />
    </>
  );
}

function Cell({ label, value, set, faults }: { label: string; value: string; set: (value: string) => void; faults: string[] }) {
  return (
    <>
      <input className={styles.cell} aria-label={label} value={value} spellCheck={false} aria-invalid={faults.length > 0} onChange={(event) => set(event.target.value)} />
      {faults.length > 0 && (
        <span className={styles.fault} role="alert">
          {faults.join(" ")}
        </span>
      )}
    </>
  );
}
