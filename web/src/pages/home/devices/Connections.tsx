// Connections to other brokers, buses and gateways: the form of each comes from its driver.

import { type FormEvent, useMemo, useState } from "react";
import { type Json, partOf, pointer } from "../../../lib/schema";
import { nameOf } from "../../../state/building";
import { namesOf } from "../../../state/connect";
import { asked, faultsBy } from "../../../state/devices";
import { load } from "../../../state/session";
import { useAsked } from "../../../state/useAsked";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Choice } from "../../../ui/Choice";
import { Dialog } from "../../../ui/Dialog";
import { Field, form, Tick } from "../../../ui/Form";
import { Notice } from "../../../ui/Notice";
import * as wire from "../../../wire/devices";
import type { Failure } from "../../../wire/http";
import type { Connection, ConnectionWish, Diagnostic, Driver } from "../../../wire/types";
import styles from "./Devices.module.css";
import { Said } from "./Said";
import { JsonText, SchemaForm } from "./SchemaForm";

const everything = async () => {
  const [connections, drivers] = await Promise.all([wire.connections(), wire.drivers()]);
  return { connections, drivers };
};

export function Connections({ close }: { close: () => void }) {
  const { t } = useWords();
  const { value, failure, again } = useAsked(everything, "connections");
  const [editing, setEditing] = useState<Connection | "new">();
  const [waits, setWaits] = useState(false);
  const back = (asking: boolean) => {
    setEditing(undefined);
    setWaits(asking);
    again();
    void load();
  };
  if (value && editing)
    return (
      <Dialog title={t(editing === "new" ? "addConnection" : "edit")} leave={t("close")} close={close}>
        <Edit drivers={value.drivers} known={editing === "new" ? undefined : editing} back={() => setEditing(undefined)} done={back} />
      </Dialog>
    );
  return (
    <Dialog title={t("connections")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        <Said failure={failure} />
        {waits && <Notice tone="plain">{t("waitsForPerson")}</Notice>}
        {!value && !failure && <p className={styles.quiet}>{t("loading")}</p>}
        {value?.connections.length === 0 && <p className={styles.quiet}>{t("noConnections")}</p>}
        {value && (
          <ul className={styles.list}>
            {value.connections.map((connection) => (
              <Row key={connection.id} connection={connection} drivers={value.drivers} edit={() => setEditing(connection)} />
            ))}
          </ul>
        )}
        {value?.connections
          .filter((one) => !one.disabled && value.drivers.some((driver) => driver.name === one.driver && driver.discovers))
          .map((one) => (
            <Found key={one.id} connection={one} done={back} />
          ))}
        <div className={form.acts}>
          <Button look="main" icon="plus" disabled={!value} onClick={() => setEditing("new")}>
            {t("addConnection")}
          </Button>
        </div>
      </div>
    </Dialog>
  );
}

function Row({ connection, drivers, edit }: { connection: Connection; drivers: readonly Driver[]; edit: () => void }) {
  const { t, of } = useWords();
  const driver = drivers.find((one) => one.name === connection.driver);
  const name = of(nameOf(connection.names));
  return (
    <li className={styles.row}>
      <span>
        {name}
        <small>{[driver ? of(driver.title) : connection.driver, t("devicesBehind", { n: connection.devices }), connection.disabled ? t("connectionClosed") : ""].filter(Boolean).join(" · ")}</small>
      </span>
      <Button look="quiet" aria-label={`${t("edit")}: ${name}`} onClick={edit}>
        {t("edit")}
      </Button>
    </li>
  );
}

/** Devices that a driver found by itself; each becomes one of ours when somebody says so. */
function Found({ connection, done }: { connection: Connection; done: (asking: boolean) => void }) {
  const { t, of } = useWords();
  const { value, again } = useAsked(() => wire.found(connection.id), connection.id);
  const [busy, setBusy] = useState("");
  const [failure, setFailure] = useState<Failure>();
  if (!value || value.length === 0) return null;
  const adopt = async (key: string) => {
    setBusy(key);
    setFailure(undefined);
    const answer = await asked(wire.adopt(connection.id, key));
    setBusy("");
    if ("failure" in answer) return setFailure(answer.failure);
    again();
    done("asked" in answer.ok);
  };
  return (
    <section className={styles.section}>
      <h3>{t("foundDevices", { name: of(nameOf(connection.names)) })}</h3>
      <ul className={styles.list}>
        {value.map((one) => {
          const name = of(nameOf(one.names)) || one.key;
          return (
            <li key={one.key} className={styles.row}>
              <span>
                {name}
                <small>{[of(nameOf(one.product.names)), one.key, ...(one.losses ?? []).map(of)].filter(Boolean).join(" · ")}</small>
              </span>
              <Button look="quiet" icon="plus" disabled={busy !== ""} aria-label={`${t("adopt")}: ${name}`} onClick={() => void adopt(one.key)}>
                {t("adopt")}
              </Button>
            </li>
          );
        })}
      </ul>
      <Said failure={failure} />
    </section>
  );
}

interface EditProps {
  drivers: readonly Driver[];
  known: Connection | undefined;
  back: () => void;
  done: (asking: boolean) => void;
}

function Edit({ drivers, known, back, done }: EditProps) {
  const { t, of } = useWords();
  const [chosen, setChosen] = useState(known?.driver ?? drivers[0]?.name ?? "");
  const driver = drivers.find((one) => one.name === chosen);
  const [zh, setZh] = useState(known?.names.zh?.[0] ?? "");
  const [en, setEn] = useState(known?.names.en?.[0] ?? "");
  const [disabled, setDisabled] = useState(known?.disabled ?? false);
  const [password, setPassword] = useState("");
  const [config, setConfig] = useState<Json | undefined>((known?.config ?? driver?.sample ?? {}) as Json);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [look, setLook] = useState<Look>("form");
  const fields = useMemo(() => new Set(look === "form" ? placesOf(config, CONFIG) : []), [config, look]);
  const by = useMemo(() => faultsBy(failure?.diagnostics ?? [], (path) => path !== CONFIG && fields.has(path)), [failure, fields]);
  const faults = (path: string) => (by.get(CONFIG + path) ?? []).map((finding) => [of(finding.message), finding.help ? of(finding.help) : ""].filter(Boolean).join(" "));
  const run = async (request: Promise<boolean>) => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(request);
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    done(answer.ok);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const members = typeof config === "object" && config !== null && !Array.isArray(config) ? config : {};
    const names = namesOf(zh, en) ?? (driver ? { zh: [driver.title.zh], en: [driver.title.en] } : {});
    const wish: ConnectionWish = { driver: chosen, names, config: members, disabled, ...(password ? { password } : {}) };
    void run((known ? wire.changeConnection(known.id, wish) : wire.addConnection(wish)).then((answer) => "asked" in answer));
  };
  return (
    <form className={form.form} onSubmit={submit}>
      <Field label={t("driver")}>
        {(control) => (
          <select
            {...control}
            className={form.input}
            value={chosen}
            disabled={known !== undefined}
            onChange={(event) => {
              setChosen(event.target.value);
              setConfig((drivers.find((one) => one.name === event.target.value)?.sample ?? {}) as Json);
              setFailure(undefined);
            }}
          >
            {drivers.map((one) => (
              <option key={one.name} value={one.name}>
                {of(one.title)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className={form.pair}>
        <Field label={t("nameZh")}>
          {(control) => <input {...control} className={form.input} lang="zh-CN" value={zh} maxLength={64} autoComplete="off" onChange={(event) => setZh(event.target.value)} />}
        </Field>
        <Field label={t("nameEn")}>
          {(control) => <input {...control} className={form.input} lang="en" value={en} maxLength={64} autoComplete="off" onChange={(event) => setEn(event.target.value)} />}
        </Field>
      </div>
      {driver && <Config key={driver.name} driver={driver} value={config} set={setConfig} look={look} setLook={setLook} faults={faults} />}
      <Field label={t("password")} hint={known?.has_password ? t("passwordKept") : undefined}>
        {(control) => <input {...control} type="password" className={form.input} value={password} autoComplete="new-password" onChange={(event) => setPassword(event.target.value)} />}
      </Field>
      <Tick label={t("closeConnection")} on={disabled} set={setDisabled} />
      {failure && <Wrong failure={failure} rest={by.get("") ?? []} />}
      <div className={form.acts}>
        <Button type="submit" look="main" disabled={busy || !driver}>
          {t(busy ? "saving" : "save")}
        </Button>
        <Button onClick={back}>{t("cancel")}</Button>
        {known && (
          <Button icon="trash" disabled={busy} onClick={() => void run(wire.removeConnection(known.id).then((changed) => changed.proposals.length > 0))}>
            {t("remove")}
          </Button>
        )}
      </div>
    </form>
  );
}

type Look = "form" | "json";

interface ConfigProps {
  driver: Driver;
  value: Json | undefined;
  set: (value: Json | undefined) => void;
  look: Look;
  setLook: (look: Look) => void;
  faults: (path: string) => readonly string[];
}

/** Where the configuration stands in the request. */
const CONFIG = "/config";

function Config({ driver, value, set, look, setLook, faults }: ConfigProps) {
  const { t } = useWords();
  const part = useMemo(() => partOf(driver.schema, driver.schema), [driver]);
  return (
    <>
      <Choice
        label={t("view")}
        options={[
          { key: "form", label: t("asForm") },
          { key: "json", label: t("asJson") },
        ]}
        chosen={look}
        choose={setLook}
      />
      {look === "form" && part.kind === "group" ? (
        <SchemaForm part={part} value={value} set={set} path="" faults={faults} />
      ) : (
        <Field label={t("asJson")}>{(control) => <JsonText control={control} value={value} set={set} />}</Field>
      )}
    </>
  );
}

/** What is wrong, at the end where the button was pressed: the whole, and what belongs to no field. */
function Wrong({ failure, rest }: { failure: Failure; rest: readonly Diagnostic[] }) {
  const { t, of } = useWords();
  return (
    <Notice tone="bad">
      {failure.said || t(`trouble_${failure.kind}`)}
      {rest.map((finding, at) => (
        <div key={at}>
          {finding.path && <code>{finding.path.replace(CONFIG, "") || "/"}</code>} {of(finding.message)} {finding.help ? of(finding.help) : ""}
        </div>
      ))}
    </Notice>
  );
}

/** Every place of a document, as JSON Pointers. */
function placesOf(value: Json | undefined, path: string): string[] {
  if (Array.isArray(value)) return [path, ...value.flatMap((one, at) => placesOf(one, pointer(path, at)))];
  if (typeof value === "object" && value !== null) return [path, ...Object.entries(value).flatMap(([key, one]) => placesOf(one, pointer(path, key)))];
  return [path];
}
