// A stream rule tried with one message of a device: what it would publish, or why nothing.

import { useMemo, useState } from "react";
import { nameOf } from "../../../state/building";
import { asked } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Field, form } from "../../../ui/Form";
import { trySql } from "../../../wire/exchange";
import type { Failure } from "../../../wire/http";
import type { SqlTrial } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import part from "../Part.module.css";
import styles from "./Exchange.module.css";

export function SqlTry({ text }: { text: string }) {
  const { of, lang } = useWords();
  const f = useFlow();
  const all = useHome((home) => home.devices);
  const devices = useMemo(() => Object.values(all).map((device) => ({ ...device, called: of(nameOf(device.names)) })).sort((a, b) => a.called.localeCompare(b.called, lang)), [all, lang]);
  const [sender, setSender] = useState("");
  const [topic, setTopic] = useState("");
  const [payload, setPayload] = useState('{"temperature": 27.5}');
  const [state, setState] = useState<{ busy?: boolean; failure?: Failure; done?: SqlTrial }>({});
  const run = async () => {
    setState({ busy: true });
    const device = all[sender];
    const answer = await asked(trySql(text, { payload, ...(topic.trim() ? { topic: topic.trim() } : {}), ...(device ? { product_key: device.product, device_name: device.key } : {}) }));
    setState("ok" in answer ? { done: answer.ok } : { failure: answer.failure });
  };
  return (
    <fieldset className={form.group}>
      <legend>{f("sqlTry")}</legend>
      <div className={form.pair}>
        <Field label={f("sqlSender")}>
          {(control) => (
            <select {...control} className={form.input} value={sender} onChange={(event) => setSender(event.target.value)}>
              <option value="">–</option>
              {devices.map(({ id, called }) => (
                <option key={id} value={id}>
                  {called}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Field label={f("sqlTopic")} hint={f("sqlTopicHint")}>
          {(control) => <input {...control} className={`${form.input} ${form.code}`} value={topic} spellCheck={false} autoComplete="off" onChange={(event) => setTopic(event.target.value)} />}
        </Field>
      </div>
      <Field label={f("sqlPayload")}>{(control) => <textarea {...control} className={`${form.input} ${form.code}`} rows={4} spellCheck={false} value={payload} onChange={(event) => setPayload(event.target.value)} />}</Field>
      <div className={form.acts}>
        <Button icon="play" disabled={state.busy || text.trim() === ""} onClick={() => void run()}>
          {f("sqlRun")}
        </Button>
      </div>
      <Said failure={state.failure} />
      <div role="status" className={part.part}>
        {state.done && <Tried trial={state.done} />}
      </div>
    </fieldset>
  );
}

function Tried({ trial }: { trial: SqlTrial }) {
  const { of } = useWords();
  const f = useFlow();
  const { diagnostics, published, why } = trial;
  return (
    <>
      {diagnostics.map((one, at) => (
        <p key={at} className={styles.fault} data-severity={one.severity}>
          <code>{one.path}</code> {of(one.message)} {one.help && of(one.help)}
        </p>
      ))}
      {published && (
        <>
          <p className={part.quiet}>{f("sqlPublished", { topic: published.topic })}</p>
          <pre className={styles.payload}>{"text" in published.payload ? published.payload.text : published.payload.base64}</pre>
        </>
      )}
      {why && <p className={part.quiet}>{of(why)}</p>}
    </>
  );
}
