// The values that an answer was made from, where there is more than one.

import { useState } from "react";
import { nameOf, valueWords } from "../state/building";
import { useHome } from "../state/home";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import type { Frame } from "../wire/types";
import styles from "./FrameTable.module.css";

/** More than this are shown on demand. */
const SHOWN = 8;

export function FrameTable({ frame }: { frame: Frame }) {
  const { t, of } = useWords();
  const [all, setAll] = useState(false);
  const devices = useHome((home) => home.devices);
  const points = useHome((home) => home.points);
  const spaces = useHome((home) => home.spaces);
  if (frame.rows.length < 2) return null;
  const shown = all || frame.rows.length <= SHOWN + 1 ? frame.rows : frame.rows.slice(0, SHOWN);
  const mixed = new Set(frame.rows.map((row) => points[row.point]?.identifier)).size > 1;
  return (
    <div className={styles.card}>
      <table aria-label={t("values")}>
        <tbody>
          {shown.map((row) => {
            const device = devices[row.device];
            const words = valueWords(points[row.point], row.value);
            return (
              <tr key={row.point}>
                <th scope="row">
                  {of(nameOf(device?.names)) || row.device}
                  {device?.space && <span className={styles.space}>{of(nameOf(spaces[device.space]?.names))}</span>}
                </th>
                {mixed && <td className={styles.point}>{of(nameOf(points[row.point]?.names))}</td>}
                <td className={styles.value}>
                  {words ? of(words) : t("noValue")}
                  {words && row.quality !== "good" && <span className={styles.quality}>{t(`quality_${row.quality}`)}</span>}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {shown.length < frame.rows.length && (
        <Button look="quiet" className={styles.more ?? ""} onClick={() => setAll(true)}>
          {t("showAll", { n: frame.rows.length })}
        </Button>
      )}
      {frame.without_value > 0 && <p className={styles.note}>{t("withoutValue", { n: frame.without_value })}</p>}
    </div>
  );
}
