// One value that is only read, with its past behind it.

import { useId, useState } from "react";
import { nameOf } from "../../../state/building";
import { useWords } from "../../../state/useWords";
import { IconButton } from "../../../ui/Button";
import type { Point } from "../../../wire/types";
import { Live } from "./Live";
import { PastLine } from "./PastLine";
import styles from "./Reading.module.css";

/** The first value of a device that only measures stands open. */
export function Reading({ point, first = false }: { point: Point; first?: boolean }) {
  const { t, of } = useWords();
  const [open, setOpen] = useState(first);
  const id = useId();
  const name = of(nameOf(point.names)) || point.identifier;
  return (
    <li className={styles.reading}>
      <span className={styles.name}>{name}</span>
      <span className={styles.value}>
        <Live point={point} />
        {point.sample?.quality && point.sample.quality !== "good" && <span className={styles.quality}>{t(`quality_${point.sample.quality}`)}</span>}
      </span>
      <IconButton className={styles.chart ?? ""} icon="chart" label={t("historyOf", { name })} aria-expanded={open} aria-controls={id} onClick={() => setOpen(!open)} />
      <div id={id} className={styles.past} hidden={!open}>
        {open && <PastLine point={point} />}
      </div>
    </li>
  );
}
