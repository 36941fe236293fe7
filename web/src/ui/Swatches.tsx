// One colour of a few: radio buttons that show it.

import { useId } from "react";
import styles from "./Swatches.module.css";

interface Props {
  label: string;
  options: readonly { key: string; label: string; colour: string }[];
  chosen: string | undefined;
  choose: (key: string) => void;
  disabled?: boolean;
}

export function Swatches({ label, options, chosen, choose, disabled = false }: Props) {
  const name = useId();
  return (
    <div role="radiogroup" aria-label={label} className={styles.swatches}>
      {options.map((option) => (
        <label key={option.key} className={styles.swatch} title={option.label}>
          <input type="radio" name={name} aria-label={option.label} checked={option.key === chosen} disabled={disabled} onChange={() => choose(option.key)} />
          <span style={{ background: option.colour }} />
        </label>
      ))}
    </div>
  );
}
