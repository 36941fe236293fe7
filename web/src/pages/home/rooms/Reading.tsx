// One value that is only read.

import { nameOf } from "../../../state/building";
import { useWords } from "../../../state/useWords";
import type { Point } from "../../../wire/types";
import { Live } from "./Live";
import styles from "./Reading.module.css";

export function Reading({ point }: { point: Point; first: boolean }) {
  const { t, of } = useWords();
  return (
    <li className={styles.reading}>
      <span className={styles.name}>{of(nameOf(point.names)) || point.identifier}</span>
      <span className={styles.value}>
        <Live point={point} />
        {point.sample?.quality && point.sample.quality !== "good" && <span className={styles.quality}>{t(`quality_${point.sample.quality}`)}</span>}
      </span>
    </li>
  );
}
