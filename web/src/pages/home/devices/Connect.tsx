// Connecting a device: choose what it is, say what it is called and where it is, and watch for its first value.

import { type FormEvent, useEffect, useId, useMemo, useState } from "react";
import { deviceIcon } from "../../../chat/deviceIcon";
import { nameOf } from "../../../state/building";
import { asked, type Choosable, choosable, firstValue, searched } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { load } from "../../../state/session";
import { useAsked } from "../../../state/useAsked";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { Notice } from "../../../ui/Notice";
import { Spinner } from "../../../ui/Spinner";
import * as wire from "../../../wire/devices";
import type { Failure } from "../../../wire/http";
import type { Names, Registered, Rejected } from "../../../wire/types";
import styles from "./Devices.module.css";
import { Login } from "./Login";
import { RoomSelect } from "./RoomSelect";
import { Said } from "./Said";

/** How often refused payloads are looked for while a device is waited for. */
const LOOK_MS = 3_000;
/** Refused payloads that are shown. */
const REJECTED_SHOWN = 3;

export function Connect({ close }: { close: () => void }) {
  const { t } = useWords();
  const [made, setMade] = useState<wire.Made<Registered>>();
  return (
    <Dialog title={t("connect")} leave={t("close")} close={close}>
      {made === undefined && <Ask done={setMade} />}
      {made && "asked" in made && (
        <div className={styles.stack}>
          <Notice tone="plain" icon="clock">
            {t("waitsForPerson")}
          </Notice>
          <Button onClick={close}>{t("done")}</Button>
        </div>
      )}
      {made && "done" in made && <Made registered={made.done} close={close} />}
    </Dialog>
  );
}

/** Names in the languages that were filled in. */
export function namesOf(zh: string, en: string): Names | undefined {
  const names: Names = { ...(zh.trim() ? { zh: [zh.trim()] } : {}), ...(en.trim() ? { en: [en.trim()] } : {}) };
  return names.zh || names.en ? names : undefined;
}

function Ask({ done }: { done: (made: wire.Made<Registered>) => void }) {
  const { t } = useWords();
  const [product, setProduct] = useState("");
  const [zh, setZh] = useState("");
  const [en, setEn] = useState("");
  const [key, setKey] = useState("");
  const [space, setSpace] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const names = namesOf(zh, en);
    const answer = await asked(wire.register({ product, ...(names ? { names } : {}), ...(space ? { space } : {}), ...(key.trim() ? { key: key.trim() } : {}) }));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    // Its points have to be known before its first value can be shown.
    await load();
    done(answer.ok);
  };
  return (
    <form className={form.form} onSubmit={(event) => void submit(event)}>
      <Products chosen={product} choose={setProduct} />
      <div className={form.pair}>
        <Field label={t("nameZh")} hint={t("deviceNameHint")}>
          {(control) => <input {...control} className={form.input} lang="zh-CN" value={zh} maxLength={64} autoComplete="off" onChange={(event) => setZh(event.target.value)} />}
        </Field>
        <Field label={t("nameEn")}>
          {(control) => <input {...control} className={form.input} lang="en" value={en} maxLength={64} autoComplete="off" onChange={(event) => setEn(event.target.value)} />}
        </Field>
      </div>
      <RoomSelect chosen={space} choose={setSpace} />
      <details className={styles.more}>
        <summary>{t("more")}</summary>
        <Field label={t("deviceKey")} hint={t("deviceKeyHint")}>
          {(control) => <input {...control} className={form.input} value={key} maxLength={64} autoComplete="off" spellCheck={false} onChange={(event) => setKey(event.target.value)} />}
        </Field>
      </details>
      <Said failure={failure} />
      <div className={form.acts}>
        <Button type="submit" look="main" icon="cable" disabled={busy || product === ""}>
          {t(busy ? "connecting" : "connectNow")}
        </Button>
      </div>
    </form>
  );
}

/** Both lists are read together: what is in use stands first. */
const catalogue = async () => choosable(...(await Promise.all([wire.products(), wire.templates()])));

function Products({ chosen, choose }: { chosen: string; choose: (key: string) => void }) {
  const { t, of, lang } = useWords();
  const { value, failure } = useAsked(catalogue, "catalogue");
  const [text, setText] = useState("");
  const found = useMemo(() => searched(value ?? [], text), [value, text]);
  const group = useId();
  const mark = (one: Choosable) => (one.here === undefined ? t("ofTemplate") : one.here > 0 ? t("ofProduct", { n: one.here }) : "");
  return (
    <fieldset className={form.field}>
      <legend className={form.label}>{t("productOf")}</legend>
      <input type="search" className={form.input} value={text} autoFocus aria-label={t("searchProducts")} placeholder={t("searchProducts")} onChange={(event) => setText(event.target.value)} />
      <span role="status" className={form.hidden}>
        {value ? t("productsFound", { n: found.length }) : ""}
      </span>
      <div className={styles.choices}>
        {failure && <Said failure={failure} />}
        {value && found.length === 0 && <p className={styles.choice}>{t("noProduct")}</p>}
        {found.map((one) => (
          <label key={one.key} className={styles.choice}>
            <input type="radio" name={group} value={one.key} required checked={one.key === chosen} onChange={() => choose(one.key)} />
            <Icon name={deviceIcon(`${one.key} ${one.kind}`, [])} size={19} />
            <span className={styles.choiceName}>
              {of(one.name)}
              <small>{[lang === "zh" ? one.name.en : one.name.zh, one.key].join(" · ")}</small>
            </span>
            <span className={styles.mark}>{mark(one)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

type First = ReturnType<typeof firstValue>;

function Made({ registered, close }: { registered: Registered; close: () => void }) {
  const { t, of } = useWords();
  const { device, credential } = registered;
  const [devices, points] = [useHome((home) => home.devices), useHome((home) => home.points)];
  const first = useMemo(() => firstValue({ devices, points }, device.id), [devices, points, device.id]);
  const rejected = useRejected(device.id, first === undefined);
  return (
    <div className={styles.stack}>
      <h3>{t("added", { name: of(nameOf(device.names)) })}</h3>
      <Waiting device={device.id} first={first} rejected={rejected} />
      {credential && <Login credential={credential} />}
      {rejected.length > 0 && (
        <section className={styles.stack}>
          <h3>{t("refusedPayload")}</h3>
          <RejectedList rejected={rejected.slice(0, REJECTED_SHOWN)} />
        </section>
      )}
      <div className={form.acts}>
        <Button look="main" icon="check" onClick={close}>
          {t("done")}
        </Button>
      </div>
    </div>
  );
}

/** Watches for the first value. What came and was not taken is told in the same box, so that nothing below moves. */
function Waiting({ device, rejected, first }: { device: string; rejected: readonly Rejected[]; first: First }) {
  const { t, of } = useWords();
  const online = useHome((home) => home.devices[device]?.online === true);
  const value = first && `${of(nameOf(first.point.names))} ${of(first.words)}`;
  const [newest] = rejected;
  return (
    <div className={styles.wait} data-state={first ? "arrived" : newest ? "refused" : "waiting"} role="status">
      {first ? <Icon name="check" size={18} /> : newest ? <Icon name="alert" size={18} /> : <Spinner size={18} />}
      <span>
        <strong>{value ? t("firstValue", { value }) : newest ? t("refusedNow", { why: of(newest.message) }) : t(online ? "isOnline" : "waitingFirst")}</strong>
        {!first && (newest ? <code>{newest.excerpt}</code> : t("waitingFirstHint"))}
      </span>
    </div>
  );
}

function useRejected(device: string, looking: boolean): readonly Rejected[] {
  const [rejected, setRejected] = useState<readonly Rejected[]>([]);
  useEffect(() => {
    if (!looking) return;
    const look = () => {
      if (document.hidden) return;
      void asked(wire.rejected(device)).then((answer) => {
        if ("ok" in answer) setRejected(answer.ok);
      });
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [device, looking]);
  return rejected;
}

export function RejectedList({ rejected }: { rejected: readonly Rejected[] }) {
  const { of } = useWords();
  return (
    <ul className={styles.rejected}>
      {rejected.map((one, at) => (
        <li key={`${one.at} ${at}`}>
          <strong>{of(one.message)}</strong>
          <code>{one.topic}</code> <code>{one.excerpt}</code>
        </li>
      ))}
    </ul>
  );
}
