// Many devices from a table: every fault by line and column, and the secrets once.

import { useState } from "react";
import { asked, credentialsTable, rowFaults } from "../../../state/devices";
import { load } from "../../../state/session";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form, Tick } from "../../../ui/Form";
import { Notice } from "../../../ui/Notice";
import { save } from "../../../ui/save";
import * as wire from "../../../wire/devices";
import type { Failure } from "../../../wire/http";
import type { Diagnostic, Imported } from "../../../wire/types";
import styles from "./Devices.module.css";
import { Said } from "./Said";

export function Import({ close }: { close: () => void }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const [partial, setPartial] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [made, setMade] = useState<wire.Made<Imported>>();
  const run = async () => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(wire.importTable(text, partial));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    setMade(answer.ok);
    void load();
  };
  if (made)
    return (
      <Dialog title={t("importDevices")} leave={t("close")} close={close}>
        <div className={styles.stack}>
          {"asked" in made ? (
            <Notice tone="plain" icon="clock">
              {t("waitsForPerson")}
            </Notice>
          ) : (
            <Result imported={made.done} />
          )}
          <div className={form.acts}>
            <Button onClick={close}>{t("done")}</Button>
          </div>
        </div>
      </Dialog>
    );
  return (
    <Dialog title={t("importDevices")} leave={t("close")} close={close}>
      <div className={form.form}>
        <Field label={t("importText")} hint={t("importHint")}>
          {(control) => <textarea {...control} className={`${form.input} ${form.code}`} value={text} spellCheck={false} autoFocus onChange={(event) => setText(event.target.value)} />}
        </Field>
        <Field label={t("importFile")}>
          {(control) => (
            <input
              {...control}
              type="file"
              className={form.input}
              accept=".csv,.tsv,.txt,text/csv"
              onChange={(event) => void event.target.files?.[0]?.text().then(setText)}
            />
          )}
        </Field>
        <p className={styles.quiet}>
          <a href={wire.TABLE} download="devices.csv">
            {t("importTemplate")}
          </a>
        </p>
        <Tick label={t("importPartial")} on={partial} set={setPartial} />
        {failure && failure.diagnostics.length > 0 ? <Faults found={failure.diagnostics} /> : <Said failure={failure} />}
        <div className={form.acts}>
          <Button look="main" icon="table" disabled={busy || text.trim() === ""} onClick={() => void run()}>
            {t(busy ? "importing" : "importNow")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Faults({ found }: { found: readonly Diagnostic[] }) {
  const { t, of } = useWords();
  const faults = rowFaults(found);
  return (
    <section className={styles.stack} role="alert">
      <h3>{t("importFaults", { n: faults.length })}</h3>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("line")}</th>
            <th scope="col">{t("column")}</th>
            <th scope="col">{t("fault")}</th>
          </tr>
        </thead>
        <tbody>
          {faults.map((fault, at) => (
            <tr key={at}>
              <td>{fault.line}</td>
              <td>{fault.column}</td>
              <td>
                {of(fault.message)}
                {fault.help && <small>{of(fault.help)}</small>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Result({ imported }: { imported: Imported }) {
  const { t } = useWords();
  const { credentials, faults = [] } = imported;
  return (
    <>
      <h3 role="status">{t("imported", { n: credentials.length })}</h3>
      <Notice tone="warn" icon="lock">
        {t("secretOnce")}
      </Notice>
      <div className={form.acts}>
        <Button look="main" icon="table" onClick={() => save(credentialsTable(credentials), "device-secrets.csv", "text/csv")}>
          {t("saveSecrets")}
        </Button>
      </div>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t("productKey")}</th>
            <th scope="col">{t("deviceKey")}</th>
            <th scope="col">{t("deviceSecret")}</th>
          </tr>
        </thead>
        <tbody>
          {credentials.map((one) => (
            <tr key={one.device}>
              <td>{one.product_key}</td>
              <td>{one.device_key}</td>
              <td className={form.code}>{one.device_secret}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {faults.length > 0 && <Faults found={faults} />}
    </>
  );
}
