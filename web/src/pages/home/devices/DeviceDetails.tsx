// One device: whether it can be reached, what it is called and where it is, what it logs in with, what it said.

import { type FormEvent, useState } from "react";
import { clock } from "../../../lib/time";
import { nameOf } from "../../../state/building";
import { asked } from "../../../state/devices";
import { useHome, withChanged } from "../../../state/home";
import { load, useSession } from "../../../state/session";
import { useAsked } from "../../../state/useAsked";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form, Tick } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { Notice } from "../../../ui/Notice";
import { Spinner } from "../../../ui/Spinner";
import * as wire from "../../../wire/devices";
import type { Failure } from "../../../wire/http";
import type { Credential, Device, Names } from "../../../wire/types";
import styles from "./Devices.module.css";
import { Login } from "./Login";
import { RejectedList } from "./RejectedList";
import { RoomSelect } from "./RoomSelect";
import { Said } from "./Said";

interface Props {
  id: string;
  close: () => void;
  removed: (device: Device) => void;
}

export function DeviceDetails({ id, close, removed }: Props) {
  const { t, of } = useWords();
  const known = useHome((home) => home.devices[id]);
  const online = String(known?.online);
  // Since when and why is not in the stream; it is read again when the device comes or goes.
  const { value, failure } = useAsked(() => wire.device(id), `${id} ${online}`);
  const [removing, setRemoving] = useState(false);
  // What it is called and where it is comes with the stream; the rest was read.
  const device = known ? { ...value, ...known, link: value?.link ?? known.link ?? null } : value;
  const name = of(nameOf(device?.names));
  const may = useSession((door) => door.phase.is === "in" && ["owner", "operator"].includes(door.phase.session.role));
  return (
    <Dialog title={removing ? t("removeOf", { name }) : name} leave={t("close")} close={close}>
      {device === undefined && (failure ? <Said failure={failure} /> : <Spinner />)}
      {device && removing && <Removing device={device} back={() => setRemoving(false)} done={() => removed(device)} />}
      {device && !removing && (
        <div className={styles.stack}>
          <State device={device} />
          {may && <Settings key={JSON.stringify([device.names, device.space, device.disabled])} device={device} />}
          {may && device.route === "direct" && <Credentials device={device} />}
          <Events device={device} />
          <Rejections device={device} />
          {may && (
            <div className={styles.section}>
              <div className={form.acts}>
                <Button icon="trash" onClick={() => setRemoving(true)}>
                  {t("remove")}
                </Button>
              </div>
            </div>
          )}
        </div>
      )}
    </Dialog>
  );
}

function State({ device }: { device: Device }) {
  const { t, of, lang } = useWords();
  const now = useNow(60_000);
  const space = useHome((home) => (device.space ? home.spaces[device.space] : undefined));
  const { link } = device;
  const state = device.disabled ? t("disabled") : device.online === true ? t("online") : device.online === false ? t("offline") : t("neverSeen");
  return (
    <dl className={styles.facts}>
      <dt>{t("state")}</dt>
      <dd>
        {state}
        {link && !device.disabled && ` · ${t("since", { time: clock(link.since, now, lang) })}${link.reason ? ` · ${link.reason}` : ""}`}
      </dd>
      <dt>{t("room")}</dt>
      <dd>{space ? of(nameOf(space.names)) : t("noRoom")}</dd>
      <dt>{t("productOf")}</dt>
      <dd>{device.product}</dd>
      <dt>{t("deviceKey")}</dt>
      <dd>{device.key}</dd>
    </dl>
  );
}

/** The first names of both languages changed; further names stay. */
function renamed(names: Names, zh: string, en: string): Names {
  const list = (first: string, known: string[] = []) => (first.trim() ? [first.trim(), ...known.slice(1)] : []);
  return { zh: list(zh, names.zh), en: list(en, names.en) };
}

function Settings({ device }: { device: Device }) {
  const { t } = useWords();
  const [zh, setZh] = useState(device.names.zh?.[0] ?? "");
  const [en, setEn] = useState(device.names.en?.[0] ?? "");
  const [space, setSpace] = useState(device.space ?? "");
  const [disabled, setDisabled] = useState(device.disabled);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [waits, setWaits] = useState(false);
  const changed = zh !== (device.names.zh?.[0] ?? "") || en !== (device.names.en?.[0] ?? "") || space !== (device.space ?? "") || disabled !== device.disabled;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(wire.change(device.id, { names: renamed(device.names, zh, en), space: space || null, disabled }));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    setWaits("asked" in answer.ok);
    await load();
  };
  return (
    <form className={`${form.form} ${styles.section}`} aria-label={t("settings")} onSubmit={(event) => void submit(event)}>
      <div className={form.pair}>
        <Field label={t("nameZh")}>
          {(control) => <input {...control} className={form.input} lang="zh-CN" value={zh} maxLength={64} autoComplete="off" onChange={(event) => setZh(event.target.value)} />}
        </Field>
        <Field label={t("nameEn")}>
          {(control) => <input {...control} className={form.input} lang="en" value={en} maxLength={64} autoComplete="off" onChange={(event) => setEn(event.target.value)} />}
        </Field>
      </div>
      <RoomSelect chosen={space} choose={setSpace} />
      <Tick label={t("outOfService")} hint={t("outOfServiceHint")} on={disabled} set={setDisabled} />
      <Said failure={failure} />
      {waits && <Notice tone="plain">{t("waitsForPerson")}</Notice>}
      <div className={form.acts}>
        <Button type="submit" look="main" disabled={busy || !changed}>
          {t(busy ? "saving" : "save")}
        </Button>
      </div>
    </form>
  );
}

function Credentials({ device }: { device: Device }) {
  const { t } = useWords();
  const [credential, setCredential] = useState<Credential>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const [replacing, setReplacing] = useState(false);
  const show = async (request: Promise<Credential | undefined>) => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(request);
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    setReplacing(false);
    setCredential(answer.ok);
  };
  const seen = failure?.code === "secret.seen";
  return (
    <section className={styles.section} aria-label={t("login")}>
      <h3>{t("login")}</h3>
      {credential ? (
        <Login credential={credential} />
      ) : (
        <>
          {seen ? <Notice tone="plain">{t("secretSeen")}</Notice> : <Said failure={failure} />}
          <div className={form.acts}>
            {seen ? (
              <Button look="main" disabled={busy} onClick={() => void show(wire.secret(device.id, true))}>
                {t("rotate")}
              </Button>
            ) : (
              <Button icon="lock" disabled={busy} onClick={() => void show(wire.secret(device.id, false))}>
                {t("showSecret")}
              </Button>
            )}
            <Button disabled={busy} aria-expanded={replacing} onClick={() => setReplacing(!replacing)}>
              {t("replaceHardware")}
            </Button>
          </div>
          {replacing && (
            <Replacing
              device={device}
              busy={busy}
              replace={(key) => {
                const made = wire.replace(device.id, key).then((answer) => ("done" in answer ? (answer.done.credential ?? undefined) : undefined));
                void show(made).then(() => load());
              }}
            />
          )}
        </>
      )}
    </section>
  );
}

function Replacing({ device, busy, replace }: { device: Device; busy: boolean; replace: (key: string) => void }) {
  const { t } = useWords();
  const [key, setKey] = useState(device.key);
  return (
    <div className={form.group}>
      <p className={styles.quiet}>{t("replaceHint")}</p>
      <Field label={t("deviceKey")}>
        {(control) => <input {...control} className={form.input} value={key} maxLength={64} autoComplete="off" spellCheck={false} onChange={(event) => setKey(event.target.value)} />}
      </Field>
      <div className={form.acts}>
        <Button look="main" disabled={busy || key.trim() === ""} onClick={() => replace(key.trim())}>
          {t("replaceNow")}
        </Button>
      </div>
    </div>
  );
}

function Events({ device }: { device: Device }) {
  const { t, lang } = useWords();
  const now = useNow(60_000);
  const { value, failure } = useAsked(() => wire.events(device.id), device.id);
  if (failure) return null;
  return (
    <section className={styles.section}>
      <h3>{t("lastEvents")}</h3>
      {value === undefined || value.length === 0 ? (
        <p className={styles.quiet}>{value ? t("noEvents") : t("loading")}</p>
      ) : (
        <ul className={styles.list}>
          {value.map((one, at) => (
            <li key={`${one.at} ${at}`} className={styles.row}>
              <span>
                {one.event}
                <small>
                  <code>{JSON.stringify(one.output)}</code>
                </small>
              </span>
              <time dateTime={one.at}>{clock(one.at, now, lang)}</time>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function Rejections({ device }: { device: Device }) {
  const { t } = useWords();
  const { value, failure } = useAsked(() => wire.rejected(device.id), device.id);
  if (failure) return null;
  return (
    <section className={styles.section}>
      <h3>{t("refusedPayload")}</h3>
      {value === undefined || value.length === 0 ? <p className={styles.quiet}>{value ? t("noRejected") : t("loading")}</p> : <RejectedList rejected={value} />}
    </section>
  );
}

function Removing({ device, back, done }: { device: Device; back: () => void; done: () => void }) {
  const { t, of } = useWords();
  const { value: uses, failure: unread } = useAsked(() => wire.uses(device.id), device.id);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const used = uses !== undefined && uses.length > 0;
  const remove = async () => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(wire.remove(device.id, used));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    useHome.getState().change((site) => withChanged(site, answer.ok));
    done();
    await load();
  };
  return (
    <div className={styles.stack}>
      {uses === undefined && !unread && (
        <p className={styles.quiet} role="status">
          <Spinner size={14} /> {t("loading")}
        </p>
      )}
      <Said failure={unread} />
      {used && (
        <Notice tone="warn">
          {t("usedBy")}
          <ul className={styles.uses}>
            {uses.map((rule) => (
              <li key={rule.id}>{of(rule.name)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <p className={styles.quiet}>{t("removeHint")}</p>
      <Said failure={failure} />
      <div className={form.acts}>
        <Button look="main" disabled={busy || uses === undefined} onClick={() => void remove()}>
          <Icon name="trash" size={17} />
          {t(busy ? "removing" : used ? "removeAnyway" : "remove")}
        </Button>
        <Button onClick={back}>{t("cancel")}</Button>
      </div>
    </div>
  );
}
