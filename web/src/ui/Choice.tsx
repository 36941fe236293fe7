// One of a few, side by side: radio buttons that look like a switch.

import { useId } from "react";
import styles from "./Choice.module.css";

interface Props<K extends string> {
  label: string;
  options: readonly { key: K; label: string }[];
  chosen: K;
  choose: (key: K) => void;
  disabled?: boolean;
  /** For a row that has other things to show as well. */
  small?: boolean;
}

export function Choice<K extends string>({ label, options, chosen, choose, disabled = false, small = false }: Props<K>) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={styles.group} data-small={small}>
      {options.map((option) => (
        <label key={option.key} className={styles.option}>
          <input type="radio" name={name} checked={option.key === chosen} disabled={disabled} onChange={() => choose(option.key)} />
          <span>{option.label}</span>
        </label>
      ))}
    </div>
  );
}
