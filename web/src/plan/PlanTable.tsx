// The same floor as a table: for who reads rather than looks.

import { memo } from "react";
import type { Cell, Sheet } from "../state/plan";
import { useWords } from "../state/useWords";
import { useView } from "../state/view";
import styles from "./PlanTable.module.css";
import { useLook } from "./useLook";
import { figure, remarks } from "./words";

export function PlanTable({ sheet }: { sheet: Sheet }) {
  const { t, of } = useWords();
  return (
    <div className={styles.scroll} tabIndex={0} role="region" aria-label={t("planOf", { floor: of(sheet.name) })}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("room")}</th>
            <th scope="col">{t("layer_temperature")}</th>
            <th scope="col">{t("layer_humidity")}</th>
            <th scope="col">{t("layer_co2")}</th>
            <th scope="col">{t("peopleColumn")}</th>
            <th scope="col">{t("remarks")}</th>
          </tr>
        </thead>
        <tbody>
          {sheet.cells.map((cell) => (
            <Row key={cell.id} cell={cell} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const Row = memo(function Row({ cell }: { cell: Cell }) {
  const { t, of } = useWords();
  const look = useLook(cell.devices);
  const chosen = useView((view) => view.cell === cell.id);
  const choose = useView((view) => view.choose);
  return (
    <tr data-chosen={chosen} data-alarm={look.alarms.length > 0}>
      <th scope="row">
        <button type="button" className={styles.name} aria-pressed={chosen} onClick={() => choose(chosen ? undefined : cell.id)}>
          {of(cell.name)}
        </button>
      </th>
      {(["temperature", "humidity", "co2"] as const).map((layer) => {
        const value = look[layer];
        return <td key={layer}>{value === undefined ? "–" : figure(layer, value)}</td>;
      })}
      <td>{look.occupied === undefined ? "–" : t(look.occupied ? "occupied" : "vacant")}</td>
      <td className={styles.remarks}>{remarks(look, t).join(" · ") || "–"}</td>
    </tr>
  );
});
