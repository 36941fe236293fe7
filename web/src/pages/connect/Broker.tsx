// Devices behind a broker that is there already: it is connected, devices announce themselves, one of them is taken.

import { type FormEvent, useEffect, useState } from "react";
import { brokerConfig, namesOf } from "../../state/connect";
import { nameOf } from "../../state/building";
import { asked } from "../../state/devices";
import { load } from "../../state/session";
import { useAsked } from "../../state/useAsked";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Field, form, Tick } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import { adoptAs } from "../../wire/connect";
import * as wire from "../../wire/devices";
import type { Failure } from "../../wire/http";
import type { Candidate, Connection, Device } from "../../wire/types";
import { RoomSelect } from "../home/devices/RoomSelect";
import { Said } from "../home/devices/Said";
import styles from "./Connect.module.css";
import { type Check, FirstValue } from "./FirstValue";
import { Naming } from "./Naming";

/** How often it is looked which devices were found. */
const LOOK_MS = 2_000;
const CHECKS: readonly Check[] = [["check_broker_1"], ["check_broker_2"], ["check_broker_3"]];

interface Props {
  back: () => void;
  close: () => void;
}

export function Broker({ back, close }: Props) {
  const { t } = useWords();
  const [connection, setConnection] = useState<Connection | "asked">();
  const [device, setDevice] = useState<Device>();
  if (connection === undefined) return <Ask back={back} done={setConnection} />;
  if (connection === "asked") return <Notice tone="plain">{t("waitsForPerson")}</Notice>;
  if (device) {
    return (
      <FirstValue device={device.id} checks={CHECKS} hint="reportsHere" close={close} />
    );
  }
  return <Found connection={connection} done={setDevice} />;
}

function Ask({ back, done }: { back: () => void; done: (connection: Connection | "asked") => void }) {
  const { t } = useWords();
  const [fields, setFields] = useState({ host: "127.0.0.1", port: "1883", user: "", tls: false });
  const [password, setPassword] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const names = { zh: [fields.host], en: [fields.host] };
    const answer = await asked(wire.addConnection({ driver: "mqtt", names, config: brokerConfig(fields), disabled: false, ...(password ? { password } : {}) }));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    done("asked" in answer.ok ? "asked" : answer.ok.done);
  };
  const text = (label: string, key: "host" | "port" | "user", more: object = {}) => (
    <Field label={label}>
      {(control) => <input {...control} {...more} className={form.input} value={fields[key]} autoComplete="off" spellCheck={false} onChange={(event) => setFields({ ...fields, [key]: event.target.value })} />}
    </Field>
  );
  return (
    <form className={form.form} onSubmit={(event) => void submit(event)}>
      <div className={form.pair}>
        {text(t("host"), "host", { required: true, autoFocus: true })}
        {text(t("port"), "port", { inputMode: "numeric" })}
      </div>
      <div className={form.pair}>
        {text(t("brokerUser"), "user")}
        <Field label={t("password")}>
          {(control) => <input {...control} type="password" className={form.input} value={password} autoComplete="new-password" onChange={(event) => setPassword(event.target.value)} />}
        </Field>
      </div>
      <Tick label={t("encrypted")} on={fields.tls} set={(tls) => setFields({ ...fields, tls, port: tls && fields.port === "1883" ? "8883" : fields.port })} />
      <Said failure={failure} />
      <div className={form.acts}>
        <Button type="submit" look="main" icon="cable" disabled={busy || fields.host.trim() === ""}>
          {t(busy ? "connecting" : "findDevices")}
        </Button>
        <Button onClick={back}>{t("back")}</Button>
      </div>
    </form>
  );
}

function Found({ connection, done }: { connection: Connection; done: (device: Device) => void }) {
  const { t } = useWords();
  const { value, failure, again } = useAsked(() => wire.found(connection.id), connection.id);
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) again();
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, [again]);
  const found = value ?? [];
  return (
    <>
      <div className={styles.wait} data-state={found.length > 0 ? "arrived" : "waiting"} role="status">
        <Spinner size={18} />
        <span>
          <strong>{found.length === 0 ? t("lookingFor") : found.length === 1 ? t("foundOne") : t("foundCount", { n: found.length })}</strong>
        </span>
      </div>
      <Said failure={failure} />
      <ul className={styles.found}>
        {found.map((one) => (
          <CandidateCard key={one.key} connection={connection} candidate={one} done={done} />
        ))}
      </ul>
      <details className={styles.more}>
        <summary>{t("whatToCheck")}</summary>
        <ul className={styles.checks}>
          {CHECKS.map(([word]) => (
            <li key={word}>{t(word)}</li>
          ))}
        </ul>
      </details>
    </>
  );
}

function CandidateCard({ connection, candidate, done }: { connection: Connection; candidate: Candidate; done: (device: Device) => void }) {
  const { t, of } = useWords();
  const [[zh, en], setNames] = useState<[string, string]>([candidate.names.zh?.[0] ?? "", candidate.names.en?.[0] ?? ""]);
  const [space, setSpace] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const properties = (candidate.product.model.properties ?? []).map((property) => property.name);
  const adopt = async () => {
    setBusy(true);
    setFailure(undefined);
    const names = namesOf(zh, en);
    const answer = await asked(adoptAs(connection.id, candidate.key, { ...(names ? { names } : {}), ...(space ? { space } : {}) }));
    if ("ok" in answer && "done" in answer.ok) {
      const { done: device } = answer.ok;
      await load();
      return done(device);
    }
    setBusy(false);
    if ("failure" in answer) setFailure(answer.failure);
  };
  return (
    <li>
      <details className={styles.candidate}>
        <summary>
          <strong>{of(nameOf(candidate.names)) || candidate.key}</strong>
          <small>{properties.join(" · ")}</small>
        </summary>
        <div className={form.form}>
          {(candidate.losses ?? []).length > 0 && <Notice tone="plain">{(candidate.losses ?? []).map(of).join(" ")}</Notice>}
          <Naming zh={zh} en={en} set={(nextZh, nextEn) => setNames([nextZh, nextEn])} hint={false} />
          <RoomSelect chosen={space} choose={setSpace} />
          <Said failure={failure} />
          <div className={form.acts}>
            <Button look="main" icon="plus" disabled={busy} onClick={() => void adopt()}>
              {t("adoptThis")}
            </Button>
          </div>
        </div>
      </details>
    </li>
  );
}
