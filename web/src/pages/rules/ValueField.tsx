// What a point shall be, by what it can be: on or off, one of its tokens, a number in its range, a text.

import { nameOf, valueWords } from "../../state/building";
import { useWords } from "../../state/useWords";
import { form } from "../../ui/Form";
import type { Point, Value } from "../../wire/types";

interface Props {
  label: string;
  point: Point | undefined;
  value: Value;
  set: (value: Value) => void;
}

/** What a point can be set to when nobody has said what. */
export function firstValue(point: Point | undefined): Value {
  const present = point?.sample?.value;
  if (present !== undefined && present !== null && typeof present !== "object") return present;
  switch (point?.kind) {
    case "bool":
      return true;
    case "number":
      return point.min ?? 0;
    case "enum":
      return point.tokens[0]?.token ?? "";
    default:
      return "";
  }
}

export function ValueField({ label, point, value, set }: Props) {
  const { of } = useWords();
  const told = (one: Value) => {
    const { words: _, ...plain } = point ?? ({} as Point);
    const words = valueWords(point && (plain as Point), one);
    return words ? of(words) : String(one);
  };
  switch (point?.kind) {
    case "bool":
      return (
        <select className={form.input} aria-label={label} value={String(value === true)} onChange={(event) => set(event.target.value === "true")}>
          <option value="true">{told(true)}</option>
          <option value="false">{told(false)}</option>
        </select>
      );
    case "enum":
      return (
        <select className={form.input} aria-label={label} value={String(value)} onChange={(event) => set(event.target.value)}>
          {point.tokens.map(({ token, names }) => (
            <option key={token} value={token}>
              {of(nameOf(names)) || token}
            </option>
          ))}
        </select>
      );
    case "number":
      return <input className={form.input} aria-label={label} type="number" value={typeof value === "number" ? value : ""} step="any" min={point.min ?? undefined} max={point.max ?? undefined} onChange={(event) => event.target.value !== "" && set(Number(event.target.value))} />;
    default:
      return <input className={form.input} aria-label={label} value={typeof value === "string" ? value : JSON.stringify(value)} onChange={(event) => set(event.target.value)} />;
  }
}
