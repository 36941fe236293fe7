// Rules of other systems: pasted or dropped, read, with everything that could not be taken and why. Names that mean
// nothing here are said by hand; what remains is proposed like any other rule.

import { type DragEvent, useEffect, useRef, useState } from "react";
import { withMember } from "../../../lib/schema";
import { asked } from "../../../state/devices";
import { type Asked, asking, formatOf, TEXT_BYTES_MAX, wantedOf } from "../../../state/exchange";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { HelpLink } from "../../../chat/HelpLink";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { type Given, importRules } from "../../../wire/exchange";
import type { Failure } from "../../../wire/http";
import type { Blueprint, Diagnostic, ImportedRules, ImportMatch, RuleFormat } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import part from "../Part.module.css";
import styles from "./Exchange.module.css";
import { Found } from "./Found";
import { Inputs, isAbout, isMissing, type Values } from "./Inputs";
import { Names } from "./Names";
import { SqlTry } from "./SqlTry";

const FORMATS: readonly RuleFormat[] = ["home_assistant", "node_red", "alibaba", "sql", "castellan"];

export function ImportDialog({ close }: { close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const [text, setText] = useState("");
  const [format, setFormat] = useState<RuleFormat>("home_assistant");
  const [names, setNames] = useState<readonly Asked[]>([]);
  const [mapping, setMapping] = useState<Readonly<Record<string, string>>>({});
  const [inputs, setInputs] = useState<Values>({});
  const [state, setState] = useState<{ busy?: boolean; failure?: Failure; read?: ImportedRules; sent?: Values }>({});
  const [tooLong, setTooLong] = useState(false);
  const result = useRef<HTMLDivElement>(null);
  const put = (next: string) => {
    setText(next);
    setTooLong(new Blob([next]).size > TEXT_BYTES_MAX);
    setFormat(formatOf(next) ?? format);
    setInputs({});
    setState({});
  };
  const take = async (file: File | undefined) => {
    if (file && file.size <= TEXT_BYTES_MAX) put(await file.text());
    else setTooLong(file !== undefined);
  };
  const read = async (change: Partial<Given> = {}) => {
    setState((old) => ({ ...old, busy: true }));
    const answer = await asked(importRules(format, text, { mapping, inputs, ...change }));
    setState("ok" in answer ? { read: answer.ok, sent: inputs } : { failure: answer.failure });
    if ("ok" in answer) setNames((before) => asking(before, answer.ok));
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    void take(event.dataTransfer.files[0]);
  };
  const map = (name: string, target: string) => {
    const { [name]: _, ...rest } = mapping;
    const next = target ? { ...rest, [name]: target } : rest;
    setMapping(next);
    void read({ mapping: next });
  };
  // What was read is led to once; when it is read again for a name, nothing moves.
  const shown = state.read !== undefined;
  useEffect(() => {
    if (shown) result.current?.focus();
  }, [shown]);
  return (
    <Dialog title={f("importTitle")} leave={t("close")} close={close} wide>
      <div className={part.part}>
        <p className={part.quiet}>{f("importCopy")}</p>
        <HelpLink page="coming-from">{f("importHelp")}</HelpLink>
        <div className={styles.drop} onDragOver={(event) => event.preventDefault()} onDrop={drop}>
          <Field label={f("importText")} faults={tooLong ? [f("importTooLong", { n: TEXT_BYTES_MAX / 1024 })] : []}>
            {(control) => <textarea {...control} className={`${form.input} ${form.code}`} rows={10} spellCheck={false} value={text} placeholder={f("importPlaceholder")} onChange={(event) => put(event.target.value)} />}
          </Field>
        </div>
        <div className={styles.row}>
          <Field label={f("importFormat")}>
            {(control) => (
              <select {...control} className={form.input} value={format} onChange={(event) => (setFormat(event.target.value as RuleFormat), setState({}))}>
                {FORMATS.map((one) => (
                  <option key={one} value={one}>
                    {f(`format_${one}`)}
                  </option>
                ))}
              </select>
            )}
          </Field>
          <label className={styles.file}>
            <Icon name="file" size={17} /> {t("importFile")}
            <input type="file" accept=".yaml,.yml,.json,.sql,.txt" onChange={(event) => void take(event.target.files?.[0])} />
          </label>
          <Button look="main" icon="arrow" disabled={state.busy || text.trim() === "" || tooLong} onClick={() => void read()}>
            {f(state.busy ? "importReading" : "importRead")}
          </Button>
        </div>
        <Said failure={state.failure} />
        <div ref={result} role="status" tabIndex={-1} className={styles.result}>
          {state.read && (
            <>
              {state.read.blueprint && <Holes blueprint={state.read.blueprint} report={state.read.report} sent={state.sent ?? {}} values={inputs} set={setInputs} fill={() => void read()} />}
              {(!state.read.blueprint || state.read.rules.length > 0) && <h3>{f("importFound", { n: state.read.rules.length })}</h3>}
              <ul className={styles.rules}>
                {state.read.rules.map((rule, at) => (
                  <Found key={`${at} ${rule.path}`} rule={rule} />
                ))}
              </ul>
              <Left report={state.read.report.filter((one) => !state.read?.blueprint?.inputs.some((input) => isAbout(one, input)))} />
              {names.length > 0 && <Names names={names} mapping={mapping} matches={state.read.matches} map={map} />}
              <Matches matches={state.read.matches.filter(({ name }) => !names.some((one) => one.name === name))} ask={({ name, target }) => setNames([...names, { name, wanted: wantedOf(target) }])} />
            </>
          )}
        </div>
        {format === "sql" && <SqlTry text={text} />}
      </div>
    </Dialog>
  );
}

interface HolesProps {
  blueprint: Blueprint;
  report: readonly Diagnostic[];
  /** The values that the report is about. */
  sent: Values;
  values: Values;
  set: (values: Values) => void;
  fill: () => void;
}

/** What a blueprint leaves open; filled in, it is read as a rule. */
function Holes({ blueprint, report, sent, values, set, fill }: HolesProps) {
  const { of } = useWords();
  const f = useFlow();
  // At first nothing is given yet, and what has been changed since may be right now.
  const judged = Object.keys(sent).length > 0 ? blueprint.inputs.filter(({ name }) => values[name] === sent[name]) : [];
  return (
    <section className={part.part} aria-label={of(blueprint.title)}>
      <h3>{of(blueprint.title)}</h3>
      {of(blueprint.doc) && <p className={part.quiet}>{of(blueprint.doc)}</p>}
      <Inputs inputs={blueprint.inputs} values={values} set={(name, value) => set(withMember(values, name, value))} found={report.filter((one) => judged.some((input) => isAbout(one, input)))} />
      {blueprint.inputs.length > 0 && (
        <div>
          <Button icon="check" disabled={isMissing(blueprint.inputs, values)} onClick={fill}>
            {f("templateFill")}
          </Button>
        </div>
      )}
    </section>
  );
}

/** What was not taken, and why. */
function Left({ report }: { report: readonly Diagnostic[] }) {
  const { of } = useWords();
  const f = useFlow();
  if (report.length === 0) return null;
  return (
    <section className={part.part}>
      <h3>{f("importLeft", { n: report.length })}</h3>
      <ul className={styles.report}>
        {report.map((one, at) => (
          <li key={at} data-severity={one.severity}>
            <Icon name="alert" size={16} />
            <span>
              {one.path && <code>{one.path}</code>} {of(one.message)} {one.help && <small>{of(one.help)}</small>}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** What names were taken for by themselves; where that is wrong, somebody says it. */
function Matches({ matches, ask }: { matches: readonly ImportMatch[]; ask: (match: ImportMatch) => void }) {
  const { of } = useWords();
  const f = useFlow();
  if (matches.length === 0) return null;
  return (
    <details>
      <summary>{f("importMatches", { n: matches.length })}</summary>
      <ul className={styles.matches}>
        {matches.map((match) => (
          <li key={match.name}>
            <span>
              <code>{match.name}</code> → {of(match.called)} <small>{f(`how_${match.how}`)}</small>
            </span>
            <Button look="quiet" aria-label={f("importOtherOf", { name: match.name })} onClick={() => ask(match)}>
              {f("importOther")}
            </Button>
          </li>
        ))}
      </ul>
    </details>
  );
}
