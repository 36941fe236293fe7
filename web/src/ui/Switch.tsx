// On or off.

import styles from "./Switch.module.css";

interface Props {
  label: string;
  on: boolean;
  set: (on: boolean) => void;
  disabled?: boolean;
  /** What was asked for is on its way. */
  waiting?: boolean;
}

export function Switch({ label, on, set, disabled = false, waiting = false }: Props) {
  return (
    <button type="button" role="switch" className={styles.switch} aria-checked={on} aria-label={label} aria-busy={waiting} disabled={disabled} onClick={() => set(!on)}>
      <span className={styles.knob} />
    </button>
  );
}
