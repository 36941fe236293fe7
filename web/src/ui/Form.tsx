// The parts of a form: a field with its label, hint and faults, and a tick.

import { type ReactNode, useId } from "react";
import styles from "./Form.module.css";

export { styles as form };

/** What a control needs to belong to its field. */
export interface Control {
  id: string;
  "aria-describedby"?: string;
  "aria-invalid"?: boolean;
}

interface Props {
  label: string;
  hint?: string | undefined;
  faults?: readonly string[];
  children: (control: Control) => ReactNode;
}

export function Field({ label, hint, faults = [], children }: Props) {
  const id = useId();
  const told = [hint ? `${id}-hint` : "", faults.length > 0 ? `${id}-fault` : ""].filter(Boolean).join(" ");
  return (
    <div className={styles.field}>
      <label className={styles.label} htmlFor={id}>
        {label}
      </label>
      {children({ id, ...(told ? { "aria-describedby": told } : {}), ...(faults.length > 0 ? { "aria-invalid": true } : {}) })}
      {hint && (
        <span id={`${id}-hint`} className={styles.hint}>
          {hint}
        </span>
      )}
      {faults.length > 0 && (
        <span id={`${id}-fault`} className={styles.fault} role="alert">
          {faults.join(" ")}
        </span>
      )}
    </div>
  );
}

interface TickProps {
  label: string;
  hint?: string | undefined;
  on: boolean;
  set: (on: boolean) => void;
  disabled?: boolean;
}

export function Tick({ label, hint, on, set, disabled = false }: TickProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={on} disabled={disabled} onChange={(event) => set(event.target.checked)} />
      <span>
        {label}
        {hint && <span className={styles.hint}> {hint}</span>}
      </span>
    </label>
  );
}
