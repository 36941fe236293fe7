// A number by steps: less, the number, more. It is set a moment after the last step.

import { useEffect, useRef, useState } from "react";
import { IconButton } from "./Button";
import styles from "./Stepper.module.css";

const SETTLE_MS = 700;

interface Props {
  label: string;
  less: string;
  more: string;
  value: number | undefined;
  min: number;
  max: number;
  step: number;
  words: (value: number) => string;
  /** The value that is one step (or several) further, on the grid. */
  grid: (value: number) => number;
  set: (value: number) => void;
  disabled?: boolean;
}

export function Stepper({ label, less, more, value, min, max, step, words, grid, set, disabled = false }: Props) {
  const [draft, setDraft] = useState<number>();
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(settle.current), []);
  const shown = draft ?? value;
  const by = (steps: number) => {
    const next = grid((shown ?? min) + steps * step);
    setDraft(next);
    clearTimeout(settle.current);
    settle.current = setTimeout(() => {
      setDraft(undefined);
      set(next);
    }, SETTLE_MS);
  };
  return (
    <div role="group" aria-label={label} className={styles.stepper}>
      <IconButton label={less} icon="minus" disabled={disabled || (shown !== undefined && shown <= min)} onClick={() => by(-1)} />
      <output className={styles.words} aria-live="polite" data-draft={draft !== undefined}>
        {shown === undefined ? "–" : words(shown)}
      </output>
      <IconButton label={more} icon="plus" disabled={disabled || (shown !== undefined && shown >= max)} onClick={() => by(1)} />
    </div>
  );
}
