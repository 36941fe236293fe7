// A value that a schedule says, by its kind.

import { valueWords } from "../../../state/building";
import type { Says } from "../../../state/schedules";
import { useWords } from "../../../state/useWords";
import { type Control, form } from "../../../ui/Form";
import type { Value } from "../../../wire/types";

interface Props {
  /** What it is called where no field around it says so. */
  label?: string;
  control?: Control;
  says: Says;
  value: Value;
  set: (value: Value) => void;
}

export function SaidField({ label, control, says, value, set }: Props) {
  const { of } = useWords();
  const named = { ...control, ...(label ? { "aria-label": label } : {}) };
  if (says !== "switch" && "number" in says)
    return <input {...named} className={form.input} type="number" step="any" value={typeof value === "number" ? value : ""} onChange={(event) => event.target.value !== "" && set(Number(event.target.value))} />;
  const options: Value[] = says === "switch" ? [true, false] : says.token;
  return (
    <select {...named} className={form.input} value={options.indexOf(value)} onChange={(event) => set(options[Number(event.target.value)] ?? value)}>
      {options.map((one, at) => (
        <option key={at} value={at}>
          {of(valueWords(undefined, one) ?? { zh: "", en: "" })}
        </option>
      ))}
    </select>
  );
}
