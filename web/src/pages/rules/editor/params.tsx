// Controls for parameters that a schema alone says too little of: points, times, values and settings of points.

import { useEffect, useState } from "react";
import type { Json } from "../../../lib/schema";
import { useHome } from "../../../state/home";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { type Control, Field, form } from "../../../ui/Form";
import type { Point, Value } from "../../../wire/types";
import type { Member, Own } from "../../home/devices/SchemaForm";
import { PointPicker } from "../PointPicker";
import { SelectorField } from "../SelectorField";
import { firstValue, ValueField } from "../ValueField";
import styles from "./Editor.module.css";

/** Controls of a node's parameters; `measured` is the point whose value comes in, if there is one. */
export function ownOf(params: Record<string, unknown>, measured: Point | undefined): Own {
  return function own(member) {
    const { key, part, value } = member;
    if (key === "point") return <Target member={member} />;
    if (key === "select") return params["point"] === undefined ? <Selection member={member} /> : null;
    if (key.endsWith("_ms") && part.kind === "number") return <Span member={member} />;
    if (key === "setting") return <Setting member={member} point={typeof params["point"] === "string" ? params["point"] : undefined} />;
    if (part.kind === "json" && (value === undefined || value === null || typeof value !== "object")) return <Plain member={member} point={key === "value" ? measured : undefined} />;
    return undefined;
  };
}

function Target({ member: { part, value, set, faults } }: { member: Member }) {
  const { of } = useWords();
  return <PointPicker label={part.title} hint={of(part.hint)} value={typeof value === "string" ? value : undefined} faults={faults} pick={set} />;
}

function Selection({ member: { part, value, set, faults } }: { member: Member }) {
  const { of } = useWords();
  return <SelectorField traits label={part.title} hint={of(part.hint)} value={value} set={set} faults={faults} />;
}

const UNITS = [
  ["s", 1_000],
  ["min", 60_000],
  ["h", 3_600_000],
  ["d", 86_400_000],
] as const;

function Span({ member: { part, value, set, faults } }: { member: Member }) {
  const { of } = useWords();
  return (
    <Field label={part.title.replace(/ ms$/, "")} hint={of(part.hint)} faults={faults}>
      {(control) => <SpanInput control={control} value={typeof value === "number" ? value : undefined} set={set} />}
    </Field>
  );
}

/** A time by a number and its unit. */
export function SpanInput({ control, value, set }: { control: Control; value: number | undefined; set: (ms: number | undefined) => void }) {
  const f = useFlow();
  const ms = value ?? 0;
  const largest = [...UNITS].reverse().find(([, one]) => ms !== 0 && ms % one === 0) ?? UNITS[0];
  // The unit stays what was chosen while the number is written.
  const [chosen, choose] = useState<string>();
  const [unit, size] = UNITS.find(([name]) => name === chosen) ?? largest;
  return (
    <div className={styles.two}>
      <input {...control} className={form.input} type="number" min={0} step="any" value={value === undefined ? "" : ms / size} onChange={(event) => (choose(unit), set(event.target.value === "" ? undefined : Math.round(Number(event.target.value) * size)))} />
      <select
        className={form.input}
        aria-label={f("spanUnit")}
        value={unit}
        onChange={(event) => {
          choose(event.target.value);
          if (value !== undefined) set(Math.round((ms / size) * (UNITS.find(([name]) => name === event.target.value)?.[1] ?? size)));
        }}
      >
        {UNITS.map(([name]) => (
          <option key={name} value={name}>
            {f(`unit_${name}`)}
          </option>
        ))}
      </select>
    </div>
  );
}

/** What is written as a value: a number, true, false, or a text. */
function valueOf(text: string): Json {
  if (text === "true" || text === "false") return text === "true";
  return text.trim() !== "" && Number.isFinite(Number(text)) ? Number(text) : text;
}

function Plain({ member: { part, value, set, faults }, point }: { member: Member; point: Point | undefined }) {
  const { of } = useWords();
  return (
    <Field label={part.title} hint={of(part.hint)} faults={faults}>
      {(control) =>
        point && value !== undefined && value !== null ? (
          <ValueField label={part.title} point={point} value={value as Value} set={(next) => set(next as Json)} />
        ) : (
          <input {...control} className={form.input} value={value === undefined || value === null ? "" : String(value)} onChange={(event) => set(event.target.value === "" ? undefined : valueOf(event.target.value))} />
        )
      }
    </Field>
  );
}

/** What a point becomes: a value, the opposite, or more by so much. */
function Setting({ member: { part, value, set, faults }, point: id }: { member: Member; point: string | undefined }) {
  const { of } = useWords();
  const f = useFlow();
  const point = useHome((home) => (id ? home.points[id] : undefined));
  const wish = value as { to?: Value; by?: number } | "toggle" | undefined;
  const kind = wish === "toggle" ? "toggle" : wish && typeof wish === "object" && "by" in wish ? "by" : "to";
  // Once it is known what is written, there is something to begin with.
  useEffect(() => {
    if (point && value === undefined) set({ to: firstValue(point) as Json });
  }, [point?.id]);
  const choose = (next: string) => set(next === "toggle" ? "toggle" : next === "by" ? { by: 1 } : { to: firstValue(point) as Json });
  return (
    <Field label={part.title} hint={of(part.hint)} faults={faults}>
      {(control) => (
        <div className={styles.two}>
          <select {...control} className={form.input} value={kind} onChange={(event) => choose(event.target.value)}>
            {(["to", "toggle", "by"] as const).map((one) => (
              <option key={one} value={one}>
                {f(`setting_${one}`)}
              </option>
            ))}
          </select>
          {typeof wish === "object" && kind === "to" && <ValueField label={part.title} point={point} value={wish.to ?? ""} set={(to) => set({ to: to as Json })} />}
          {typeof wish === "object" && kind === "by" && <input className={form.input} aria-label={part.title} type="number" step="any" value={wish.by ?? 0} onChange={(event) => set({ by: Number(event.target.value) })} />}
        </div>
      )}
    </Field>
  );
}
