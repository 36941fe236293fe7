// The templates as a gallery, and the form of one: points, numbers, times. Filled in, it is a rule that is proposed.

import { useState } from "react";
import { type Json, withMember } from "../../../lib/schema";
import { symbolOf } from "../../../state/building";
import { asked } from "../../../state/devices";
import { useAsked } from "../../../state/useAsked";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form, Tick } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import { fillTemplate, ruleTemplates } from "../../../wire/exchange";
import type { Failure } from "../../../wire/http";
import type { Diagnostic, RuleTemplate, RuleTemplateInstance, TemplateInput } from "../../../wire/types";
import { RoomSelect } from "../../home/devices/RoomSelect";
import { Said } from "../../home/devices/Said";
import { JsonText } from "../../home/devices/SchemaForm";
import { SpanInput } from "../editor/params";
import { PointPicker } from "../PointPicker";
import { SelectorField } from "../SelectorField";
import part from "../Part.module.css";
import styles from "./Exchange.module.css";
import { Found } from "./Found";
import { DeviceSelect } from "./Names";

export function TemplatesDialog({ close }: { close: () => void }) {
  const { t, of } = useWords();
  const f = useFlow();
  const { value: templates, failure } = useAsked(ruleTemplates, "templates");
  const [chosen, choose] = useState<RuleTemplate>();
  return (
    <Dialog title={chosen ? of(chosen.title) : f("templates")} leave={t("close")} close={close} wide>
      <Said failure={failure} />
      {!templates && !failure && <Spinner />}
      {chosen ? (
        <Fill key={chosen.name} template={chosen} back={() => choose(undefined)} />
      ) : (
        <ul className={styles.gallery}>
          {templates?.map((template) => (
            <li key={template.name}>
              <button type="button" onClick={() => choose(template)}>
                <Icon name="rule" size={20} />
                <span>
                  <strong>{of(template.title)}</strong>
                  {of(template.doc)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

type Values = { [key: string]: Json };

function Fill({ template, back }: { template: RuleTemplate; back: () => void }) {
  const { of } = useWords();
  const f = useFlow();
  const [values, setValues] = useState<Values>({});
  const [state, setState] = useState<{ busy?: boolean; failure?: Failure; done?: RuleTemplateInstance }>({});
  const fill = async () => {
    setState({ busy: true });
    const answer = await asked(fillTemplate(template.name, values));
    setState("ok" in answer ? { done: answer.ok } : { failure: answer.failure });
  };
  const { graph, readback, diagnostics = [] } = state.done ?? {};
  const place = (name: string) => `/values/${name}`;
  const said = (found: readonly Diagnostic[]) => found.map(({ message }) => of(message));
  const elsewhere = diagnostics.filter(({ path }) => !template.inputs.some(({ name }) => place(name) === path));
  const missing = template.inputs.some(({ name, default: otherwise }) => otherwise == null && values[name] === undefined);
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        void fill();
      }}
    >
      <p>{of(template.doc)}</p>
      <div className={form.pair}>
        {template.inputs.map((input) => (
          <Input
            key={input.name}
            input={input}
            value={values[input.name] ?? (input.default as Json | undefined)}
            set={(value) => {
              setValues((old) => withMember(old, input.name, value));
              setState({});
            }}
            faults={said(diagnostics.filter(({ path }) => path === place(input.name)))}
          />
        ))}
      </div>
      <Said failure={state.failure} />
      <div role="status" className={part.part}>
        {graph && readback ? (
          <ul className={styles.rules}>
            <Found rule={{ graph, readback, diagnostics }} />
          </ul>
        ) : (
          said(elsewhere).map((words, at) => (
            <p key={at} className={form.fault}>
              {words}
            </p>
          ))
        )}
      </div>
      <div className={form.acts}>
        {!graph && (
          <Button look="main" type="submit" disabled={state.busy || missing}>
            {f("templateFill")}
          </Button>
        )}
        <Button icon="back" onClick={back}>
          {f("templateBack")}
        </Button>
      </div>
    </form>
  );
}

interface InputProps {
  input: TemplateInput;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
  faults: readonly string[];
}

/** The control for what an input takes. */
function Input({ input: { title, takes }, value, set, faults }: InputProps) {
  const { of } = useWords();
  const label = of(title);
  const text = typeof value === "string" ? value : "";
  const choose = (chosen: string) => set(chosen || undefined);
  switch (takes.kind) {
    case "point": {
      const traits = takes.traits ?? [];
      return <PointPicker label={label} value={text || undefined} faults={faults} fits={(point) => (traits.length === 0 || traits.includes(point.trait ?? "")) && (!takes.writable || point.writable || point.kind === "service")} pick={set} />;
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
