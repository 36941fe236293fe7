// Choosing devices by where they are and of what kind they are, as a rule that goes on holding for those that come later.

import { useMemo } from "react";
import type { Json } from "../../lib/schema";
import { useHome } from "../../state/home";
import { useFlow } from "../../state/useFlow";
import { Field, form } from "../../ui/Form";
import { RoomSelect } from "../home/devices/RoomSelect";

/** Of a selector what is chosen here; the rest of it stays as it is. */
type Selector = { spaces?: string[]; kinds?: string[]; trait?: string | undefined; [key: string]: Json | undefined };

interface Props {
  label: string;
  hint?: string | undefined;
  /** Whether somebody says what of the devices is meant; a template says it itself. */
  traits?: boolean;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
  faults?: readonly string[];
}

export function SelectorField({ label, hint, traits = false, value, set, faults = [] }: Props) {
  const f = useFlow();
  const devices = useHome((home) => home.devices);
  const points = useHome((home) => Object.keys(home.points).length);
  const known = useMemo(() => [...new Set(Object.values(useHome.getState().points).flatMap(({ trait }) => trait ?? []))].sort(), [points]);
  const kinds = useMemo(() => [...new Set(Object.values(devices).map(({ kind }) => kind))].sort(), [devices]);
  const selector: Selector = typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Selector) : {};
  const put = (change: Selector) => {
    const next = Object.entries({ ...selector, ...change }).filter(([, part]) => part !== undefined && !(Array.isArray(part) && part.length === 0));
    set(next.length === 0 ? undefined : (Object.fromEntries(next) as { [key: string]: Json }));
  };
  return (
    <fieldset className={form.group}>
      <legend>{label}</legend>
      {hint && <span className={form.hint}>{hint}</span>}
      <div className={form.pair}>
        <RoomSelect none={f("selectAnyRoom")} chosen={selector.spaces?.[0] ?? ""} choose={(space) => put({ spaces: space ? [space] : [] })} />
        <Field label={f("selectKind")} faults={faults}>
          {(control) => (
            <select {...control} className={form.input} value={selector.kinds?.[0] ?? ""} onChange={(event) => put({ kinds: event.target.value ? [event.target.value] : [] })}>
              <option value="">{f("selectAnyKind")}</option>
              {kinds.map((kind) => (
                <option key={kind} value={kind}>
                  {kind.replaceAll("_", " ")}
                </option>
              ))}
            </select>
          )}
        </Field>
        {traits && (
          <Field label={f("selectTrait")}>
            {(control) => (
              <select {...control} className={form.input} value={selector.trait ?? ""} onChange={(event) => put({ trait: event.target.value || undefined })}>
                <option value="">–</option>
                {known.map((trait) => (
                  <option key={trait}>{trait}</option>
                ))}
              </select>
            )}
          </Field>
        )}
      </div>
    </fieldset>
  );
}
