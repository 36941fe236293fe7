// A number by dragging. It tells what it would become at once and is set when it is let go; with the keyboard a moment
// after the last key.

import { type CSSProperties, useEffect, useRef, useState } from "react";
import styles from "./Slider.module.css";

/** Keys come in rows: what is set is where they end. */
const SETTLE_MS = 350;

interface Props {
  label: string;
  value: number | undefined;
  min: number;
  max: number;
  step: number;
  /** The number as it is written. */
  words: (value: number) => string;
  set: (value: number) => void;
  disabled?: boolean;
  /** The colours that the track runs through. */
  track?: string;
}

export function Slider({ label, value, min, max, step, words, set, disabled = false, track }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState<number>();
  const settle = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(set);
  latest.current = set;
  useEffect(() => {
    const element = input.current;
    if (!element) return;
    // React's own onChange comes while dragging; the browser's comes when it ends.
    const ended = () => {
      clearTimeout(settle.current);
      settle.current = setTimeout(() => {
        setDraft(undefined);
        latest.current(Number(element.value));
      }, element.matches(":active") ? 0 : SETTLE_MS);
    };
    element.addEventListener("change", ended);
    return () => {
      element.removeEventListener("change", ended);
      clearTimeout(settle.current);
    };
  }, []);
  const shown = draft ?? value ?? min;
  const share = max > min ? ((shown - min) / (max - min)) * 100 : 0;
  return (
    <div className={styles.row}>
      <input
        ref={input}
        type="range"
        className={styles.slider}
        aria-label={label}
        aria-valuetext={draft === undefined && value === undefined ? "–" : words(shown)}
        style={{ "--share": `${share}%`, ...(track ? { "--track": track } : {}) } as CSSProperties}
        data-track={track !== undefined}
        {...{ min, max, step, disabled }}
        value={shown}
        onChange={(event) => setDraft(Number(event.target.value))}
      />
      <output className={styles.words}>{draft === undefined && value === undefined ? "–" : words(shown)}</output>
    </div>
  );
}
