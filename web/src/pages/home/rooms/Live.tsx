// A value that lights up for a moment when it changes.

import { memo, useState } from "react";
import { valueWords } from "../../../state/building";
import { useWords } from "../../../state/useWords";
import type { Point } from "../../../wire/types";
import styles from "./Live.module.css";

export const Live = memo(function Live({ point }: { point: Point }) {
  const { t, of } = useWords();
  const words = valueWords(point, point.sample?.value);
  const now = words?.en ?? "";
  const [seen, setSeen] = useState({ value: now, changes: 0 });
  if (seen.value !== now) setSeen({ value: now, changes: seen.changes + 1 });
  // What is switched lights up; what is measured changes all the time and stays calm.
  const calm = point.kind === "number" && !point.writable;
  return (
    <span key={calm ? 0 : seen.changes} className={[words ? styles.live : styles.none, !calm && seen.changes > 0 ? styles.changed : ""].join(" ")}>
      {words ? of(words) : t("noValue")}
    </span>
  );
});
