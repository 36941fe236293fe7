// A device of one's own: what it is, what it is called, where it stands; then its login, and the wait for its first value.

import { type FormEvent, useState } from "react";
import { filledLine, namesOf, productKey } from "../../state/connect";
import { asked } from "../../state/devices";
import { load } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Field, form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import * as wire from "../../wire/connect";
import { register } from "../../wire/devices";
import type { Failure } from "../../wire/http";
import type { DeviceToken, Registered } from "../../wire/types";
import { Copy } from "../home/devices/Copy";
import { Login } from "../home/devices/Login";
import { RoomSelect } from "../home/devices/RoomSelect";
import { Said } from "../home/devices/Said";
import styles from "./Connect.module.css";
import { Naming } from "./Naming";
import { OTHER, Products } from "./Products";
import { FirstValue, type Check } from "./FirstValue";

type How = "mqtt" | "http";

interface Made {
  registered: Registered;
  /** The product that has no model yet. */
  blank: string | undefined;
  token: DeviceToken | undefined;
}

interface Props {
  how: How;
  back: () => void;
  close: () => void;
}

export function Own({ how, back, close }: Props) {
  const { t } = useWords();
  const [made, setMade] = useState<Made | "asked">();
  if (made === undefined) return <Ask how={how} back={back} done={setMade} />;
  if (made === "asked")
    return (
      <>
        <Notice tone="plain" icon="clock">
          {t("waitsForPerson")}
        </Notice>
        <Button onClick={close}>{t("done")}</Button>
      </>
    );
  return <Waits how={how} made={made} close={close} />;
}

/** A tail that makes a key of a product one of its kind. */
function tail(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1));
  return number.toString(36).slice(0, 6);
}

function Ask({ how, back, done }: { how: How; back: () => void; done: (made: Made | "asked") => void }) {
  const { t, lang } = useWords();
  const [product, setProduct] = useState("");
  const [[zh, en], setNames] = useState<[string, string]>(["", ""]);
  const [key, setKey] = useState("");
  const [space, setSpace] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const other = product === OTHER;
  const named = (lang === "zh" ? zh : en).trim() !== "";

  const make = async (): Promise<Made | "asked"> => {
    const names = namesOf(zh, en);
    let of = product;
    let blank: string | undefined;
    if (other) {
      const answer = await wire.blankProduct(productKey(names ?? {}, tail()), names ?? {});
      if ("asked" in answer) return "asked";
      of = answer.done.product.key;
      blank = answer.done.product.id;
    }
    const answer = await register({ product: of, ...(names ? { names } : {}), ...(space ? { space } : {}), ...(key.trim() ? { key: key.trim() } : {}) });
    if ("asked" in answer) return "asked";
    const token = how === "http" ? await wire.deviceToken(answer.done.device.id) : undefined;
    // Its points have to be known before its first value can be shown.
    await load();
    return { registered: answer.done, blank, token };
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(make());
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    done(answer.ok);
  };
  return (
    <form className={form.form} onSubmit={(event) => void submit(event)}>
      <Products chosen={product} choose={setProduct} other />
      <Naming zh={zh} en={en} set={(nextZh, nextEn) => setNames([nextZh, nextEn])} hint={!other} />
      <RoomSelect chosen={space} choose={setSpace} />
      <details className={styles.more}>
        <summary>{t("more")}</summary>
        <Field label={t("deviceKey")} hint={t("deviceKeyHint")}>
          {(control) => <input {...control} className={form.input} value={key} maxLength={64} autoComplete="off" spellCheck={false} onChange={(event) => setKey(event.target.value)} />}
        </Field>
      </details>
      <Said failure={failure} />
      <div className={form.acts}>
        <Button type="submit" look="main" icon="cable" disabled={busy || product === "" || (other && !named)}>
          {t(busy ? "registering" : "next")}
        </Button>
        <Button onClick={back}>{t("back")}</Button>
      </div>
    </form>
  );
}

function Waits({ how, made, close }: { how: How; made: Made; close: () => void }) {
  const { t } = useWords();
  const { registered, blank, token } = made;
  const { credential, device } = registered;
  const mqtt = credential?.mqtt;
  const line = how === "http" ? token?.line : mqtt?.line;
  const checks: Check[] =
    how === "http"
      ? [["check_http_1"], ["check_http_2"], ["check_http_3", { example: '{"temperature": 21.5}' }]]
      : [["check_mqtt_1", { host: mqtt?.host ?? "", port: mqtt?.port ?? "" }], ["check_mqtt_2"], ["check_mqtt_3"], ["check_mqtt_4", { product: credential?.product_key ?? "", device: device.key }]];
  return (
    <FirstValue device={device.id} product={blank} checks={checks} close={close}>
      {how === "mqtt" && !mqtt && <Notice tone="warn">{t("noBroker")}</Notice>}
      {line && <Copy label={t("pasteLine")} text={filledLine(line)} />}
      {token && (
        <details className={styles.more}>
          <summary>{t("loginMore")}</summary>
          <div className={styles.stack}>
            <Notice tone="warn" icon="lock">
              {t("secretOnce")}
            </Notice>
            <Copy label={t("address")} text={`${location.origin}/api/device/properties`} />
            <Copy label={t("deviceToken")} text={token.token} />
          </div>
        </details>
      )}
      {how === "mqtt" && credential && mqtt && <Login credential={credential} line={false} />}
    </FirstValue>
  );
}
