// Days of the week, each on or off.

import { WEEKDAYS, type Weekday } from "../../../lib/week";
import { useFlow } from "../../../state/useFlow";
import styles from "./Scenes.module.css";

interface Props {
  label: string;
  chosen: readonly Weekday[];
  set: (days: Weekday[]) => void;
}

export function Weekdays({ label, chosen, set }: Props) {
  const f = useFlow();
  return (
    <div className={styles.days} role="group" aria-label={label}>
      {WEEKDAYS.map((day) => (
        <label key={day}>
          <input type="checkbox" checked={chosen.includes(day)} onChange={(event) => set(WEEKDAYS.filter((one) => (one === day ? event.target.checked : chosen.includes(one))))} />
          <span>{f(`day_${day}`)}</span>
        </label>
      ))}
    </div>
  );
}
