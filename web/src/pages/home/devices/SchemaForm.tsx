// A form made of a JSON Schema: text, numbers, choices, lists and groups; whatever else there is, as JSON.

import { Fragment, type ReactNode, useState } from "react";
import { blank, type Json, type Part, pointer, titleIn, withMember } from "../../../lib/schema";
import { useWords } from "../../../state/useWords";
import { Button, IconButton } from "../../../ui/Button";
import { type Control, Field, form, Tick } from "../../../ui/Form";

interface Props {
  part: Part;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
  /** Place in the document, as a JSON Pointer. */
  path: string;
  /** What is wrong at a place. */
  faults: (path: string) => readonly string[];
  /** A control of one's own for a member, by its name; nothing for those that have none. */
  own?: Own;
}

/** A member of a form, for who has a control of their own for it. */
export interface Member {
  key: string;
  part: Part;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
  faults: readonly string[];
}

export type Own = (member: Member) => ReactNode | undefined;

const NO_HINT = { zh: "", en: "" };

export function SchemaForm(props: Props) {
  const { part, path } = props;
  if (part.kind === "group" && path === "") return <Members {...props} parts={part.parts} />;
  return <Entry {...props} />;
}

function Entry(props: Props) {
  const { t, of, lang } = useWords();
  const { part, value, set, path, faults } = props;
  const title = titleIn(part.title, lang);
  const hint = of(part.hint);
  switch (part.kind) {
    case "truth":
      return <Tick label={title} hint={hint} on={value === true} set={set} />;
    case "group":
      return (
        <fieldset className={form.group}>
          <legend>{title}</legend>
          {hint && <span className={form.hint}>{hint}</span>}
          <Faults faults={faults(path)} />
          {part.optional && value === undefined ? (
            <div className={form.acts}>
              <Button icon="plus" onClick={() => set(blank(part))}>
                {t("addEntry", { what: title })}
              </Button>
            </div>
          ) : (
            <Members {...props} parts={part.parts} />
          )}
        </fieldset>
      );
    case "list":
      return <List {...props} item={part.item} />;
    default:
      return (
        <Field label={title} hint={hint} faults={faults(path)}>
          {(control) => <Plain control={control} part={part} value={value} set={set} />}
        </Field>
      );
  }
}

function Faults({ faults }: { faults: readonly string[] }) {
  if (faults.length === 0) return null;
  return (
    <span className={form.fault} role="alert">
      {faults.join(" ")}
    </span>
  );
}

function Members({ parts, value, set, path, faults, own }: Props & { parts: [string, Part][] }) {
  const members = typeof value === "object" && value !== null && !Array.isArray(value) ? value : {};
  return (
    <>
      {parts.map(([key, part]) => {
        const put = (member: Json | undefined) => set(withMember(value, key, member));
        const special = own?.({ key, part, value: members[key], set: put, faults: faults(pointer(path, key)) });
        return special === undefined ? <Entry key={key} part={part} value={members[key]} set={put} path={pointer(path, key)} faults={faults} {...(own ? { own } : {})} /> : <Fragment key={key}>{special}</Fragment>;
      })}
    </>
  );
}

function List({ part, item, value, set, path, faults }: Props & { item: Part }) {
  const { t, of, lang } = useWords();
  const title = titleIn(part.title, lang);
  const hint = of(part.hint);
  const items = Array.isArray(value) ? value : [];
  const put = (next: Json[]) => set(next.length === 0 && part.optional ? undefined : next);
  return (
    <fieldset className={form.group}>
      <legend>{title}</legend>
      {hint && <span className={form.hint}>{hint}</span>}
      <Faults faults={faults(path)} />
      {items.map((one, at) => (
        <div key={at} className={form.entry}>
          <Entry
            part={{ ...item, title: `${title} ${at + 1}`, hint: at === 0 && item.hint.en !== part.hint.en ? item.hint : NO_HINT }}
            value={one}
            set={(next) => put(items.map((old, i) => (i === at ? (next ?? blank(item)) : old)))}
            path={pointer(path, at)}
            faults={faults}
          />
          <IconButton label={t("removeEntry", { n: at + 1, what: title })} icon="cross" onClick={() => put(items.filter((_, i) => i !== at))} />
        </div>
      ))}
      <div className={form.acts}>
        <Button icon="plus" onClick={() => put([...items, blank(item)])}>
          {t("addEntry", { what: title })}
        </Button>
      </div>
    </fieldset>
  );
}

function Plain({ control, part, value, set }: { control: Control; part: Part; value: Json | undefined; set: (value: Json | undefined) => void }) {
  const { t } = useWords();
  switch (part.kind) {
    case "choice":
      return (
        <select {...control} className={form.input} value={typeof value === "string" ? value : ""} onChange={(event) => set(event.target.value === "" ? undefined : event.target.value)}>
          {(part.optional || value === undefined) && <option value="">{t("unset")}</option>}
          {part.of.map((token) => (
            <option key={token}>{token}</option>
          ))}
        </select>
      );
    case "number":
      return (
        <input
          {...control}
          type="number"
          className={form.input}
          value={typeof value === "number" ? value : ""}
          step={part.whole ? 1 : "any"}
          min={part.least}
          max={part.most}
          required={!part.optional}
          onChange={(event) => set(event.target.value === "" ? undefined : Number(event.target.value))}
        />
      );
    case "text":
      return (
        <input
          {...control}
          type={part.secret ? "password" : "text"}
          className={form.input}
          value={typeof value === "string" ? value : ""}
          maxLength={part.longest}
          autoComplete={part.secret ? "new-password" : "off"}
          spellCheck={false}
          required={!part.optional}
          onChange={(event) => set(event.target.value === "" && part.optional ? undefined : event.target.value)}
        />
      );
    default:
      return <JsonText control={control} value={value} set={set} />;
  }
}

/** JSON as text; what cannot be read stays in the box and is told, and changes nothing. */
export function JsonText({ control, value, set }: { control: Control; value: Json | undefined; set: (value: Json | undefined) => void }) {
  const { t } = useWords();
  const [text, setText] = useState(() => (value === undefined ? "" : JSON.stringify(value, null, 2)));
  const [wrong, setWrong] = useState("");
  const change = (next: string) => {
    setText(next);
    try {
      set(next.trim() === "" ? undefined : (JSON.parse(next) as Json));
      setWrong("");
    } catch (thrown) {
      setWrong(thrown instanceof Error ? thrown.message : "");
    }
  };
  return (
    <>
      <textarea {...control} className={`${form.input} ${form.code}`} rows={6} value={text} spellCheck={false} aria-invalid={wrong !== "" || control["aria-invalid"]} onChange={(event) => change(event.target.value)} />
      {wrong && (
        <span className={form.fault} role="alert">
          {t("notJson", { why: wrong })}
        </span>
      )}
    </>
  );
}
