// What has to be given for a template or a blueprint: a control for each input, by what it takes.

import { type Json } from "../../../lib/schema";
import { symbolOf } from "../../../state/building";
import { useHome } from "../../../state/home";
import { pointWords } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { IconButton } from "../../../ui/Button";
import { Field, form, Tick } from "../../../ui/Form";
import type { Diagnostic, Point, TemplateInput } from "../../../wire/types";
import { RoomSelect } from "../../home/devices/RoomSelect";
import { JsonText } from "../../home/devices/SchemaForm";
import { SpanInput } from "../editor/params";
import { PointPicker } from "../PointPicker";
import { SelectorField } from "../SelectorField";
import styles from "./Exchange.module.css";
import { DeviceSelect } from "./Names";

export type Values = { [key: string]: Json };

/** Whether a finding is about the value of an input. */
export const isAbout = ({ path }: Diagnostic, { name }: TemplateInput) => path === `/values/${name}` || path === `/inputs/${name}`;

/** Whether a value is still needed. */
export const isMissing = (inputs: readonly TemplateInput[], values: Values) => inputs.some(({ name, default: otherwise }) => otherwise == null && values[name] === undefined);

interface Props {
  inputs: readonly TemplateInput[];
  values: Values;
  set: (name: string, value: Json | undefined) => void;
  /** What is wrong with the values. */
  found: readonly Diagnostic[];
}

export function Inputs({ inputs, values, set, found }: Props) {
  const { of } = useWords();
  return (
    <div className={form.pair}>
      {inputs.map((input) => (
        <Input key={input.name} input={input} value={values[input.name] ?? (input.default as Json | undefined)} set={(value) => set(input.name, value)} faults={found.filter((one) => isAbout(one, input)).map(({ message }) => of(message))} />
      ))}
    </div>
  );
}

interface InputProps {
  input: TemplateInput;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
  faults: readonly string[];
}

function Input({ input: { title, takes }, value, set, faults }: InputProps) {
  const { of } = useWords();
  const label = of(title);
  const text = typeof value === "string" ? value : "";
  const choose = (chosen: string) => set(chosen || undefined);
  switch (takes.kind) {
    case "point": {
      const traits = takes.traits ?? [];
      const fits = (point: Point) => (traits.length === 0 || traits.includes(point.trait ?? "")) && (!takes.writable || point.writable || point.kind === "service");
      if (takes.many) return <Points label={label} faults={faults} fits={fits} value={value} set={set} />;
      return <PointPicker label={label} value={text || undefined} faults={faults} fits={fits} pick={set} />;
    }
    case "device":
      return <DeviceSelect label={label} kinds={takes.kinds ?? []} chosen={text} choose={choose} faults={faults} />;
    case "space":
      return <RoomSelect label={label} chosen={text} choose={choose} />;
    case "selector":
      return <SelectorField label={label} value={value} set={set} faults={faults} />;
    case "bool":
      return <Tick label={label} on={value === true} set={set} />;
    case "span":
      return (
        <Field label={label} faults={faults}>
          {(control) => <SpanInput control={control} value={typeof value === "number" ? value : undefined} set={set} />}
        </Field>
      );
    case "token":
      return (
        <Field label={label} faults={faults}>
          {(control) => (
            <select {...control} className={form.input} value={text} onChange={(event) => choose(event.target.value)}>
              <option value="">–</option>
              {takes.choices.map((token) => (
                <option key={token}>{token}</option>
              ))}
            </select>
          )}
        </Field>
      );
    case "number":
      return (
        <Field label={takes.unit === "1" ? label : `${label} (${symbolOf(takes.unit)})`} faults={faults}>
          {(control) => (
            <input {...control} className={form.input} type="number" step="any" min={takes.min ?? undefined} max={takes.max ?? undefined} value={typeof value === "number" ? value : ""} onChange={(event) => set(event.target.value === "" ? undefined : Number(event.target.value))} />
          )}
        </Field>
      );
    case "time":
    case "text":
      return (
        <Field label={label} faults={faults}>
          {(control) => <input {...control} className={form.input} type={takes.kind} maxLength={takes.kind === "text" ? (takes.max_chars ?? undefined) : undefined} value={text} onChange={(event) => choose(event.target.value)} />}
        </Field>
      );
    case "any":
      return (
        <Field label={label} faults={faults}>
          {(control) => <JsonText control={control} value={value} set={set} />}
        </Field>
      );
  }
}

interface PointsProps {
  label: string;
  faults: readonly string[];
  fits: (point: Point) => boolean;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
}

/** Several points, added one by one. */
function Points({ label, faults, fits, value, set }: PointsProps) {
  const { of } = useWords();
  const f = useFlow();
  const here = useHome.getState();
  const chosen = (Array.isArray(value) ? value : value === undefined ? [] : [value]).filter((one) => typeof one === "string");
  return (
    <div className={form.field}>
      <PointPicker label={label} faults={faults} fits={fits} without={chosen} pick={(point) => set([...chosen, point])} />
      <ul className={styles.points}>
        {chosen.map((point) => {
          const name = of(pointWords(here, point));
          return (
            <li key={point}>
              {name}
              <IconButton label={f("removeOf", { name })} icon="cross" onClick={() => set(chosen.length > 1 ? chosen.filter((one) => one !== point) : undefined)} />
            </li>
          );
        })}
      </ul>
    </div>
  );
}
