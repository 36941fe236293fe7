// A program that speaks on topics of its own: a token to log in with, a line to try, and whether it has logged in.

import { type FormEvent, useState } from "react";
import { asked } from "../../state/devices";
import { useSession } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Field, form } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import * as wire from "../../wire/connect";
import type { Failure } from "../../wire/http";
import type { Minted } from "../../wire/types";
import { Copy } from "../home/devices/Copy";
import { Said } from "../home/devices/Said";
import { useFresh } from "../rules/useFresh";
import styles from "./Connect.module.css";

/** The login of programs with a token. */
const USER = "token";

interface Props {
  back: () => void;
  close: () => void;
}

export function Raw({ back, close }: Props) {
  const { t } = useWords();
  const owner = useSession((door) => door.phase.is === "in" && door.phase.session.role === "owner");
  const [name, setName] = useState("");
  const [minted, setMinted] = useState<Minted>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(wire.bridgeToken(name.trim()));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    setMinted(answer.ok);
  };
  if (!owner) return <Notice tone="plain">{t("rawOwner")}</Notice>;
  if (minted) return <Waits minted={minted} close={close} />;
  return (
    <form className={form.form} onSubmit={(event) => void submit(event)}>
      <Field label={t("rawName")}>
        {(control) => <input {...control} className={form.input} value={name} required autoFocus maxLength={64} autoComplete="off" onChange={(event) => setName(event.target.value)} />}
      </Field>
      <Said failure={failure} />
      <div className={form.acts}>
        <Button type="submit" look="main" icon="lock" disabled={busy || name.trim() === ""}>
          {t("makeToken")}
        </Button>
        <Button onClick={back}>{t("back")}</Button>
      </div>
    </form>
  );
}

function Waits({ minted, close }: { minted: Minted; close: () => void }) {
  const { t } = useWords();
  const { value } = useFresh(wire.tokens, minted.token.id);
  const seen = value?.some((token) => token.id === minted.token.id && token.last_used) ?? false;
  const host = location.hostname;
  const line = `mosquitto_pub -h ${host} -p 1883 -u ${USER} -P '${minted.secret}' -t 'workshop/press/temperature' -m '{"value": 21.5}'`;
  return (
    <>
      <div className={styles.wait} data-state={seen ? "arrived" : "waiting"} role="status">
        {seen ? <Icon name="check" size={18} /> : <Spinner size={18} />}
        <span>
          <strong>{t(seen ? "rawSeen" : "rawWaiting")}</strong>
          {seen ? t("rawSeenHint") : t("nothingYetHint")}
        </span>
      </div>
      <Notice tone="warn" icon="lock">
        {t("secretOnce")}
      </Notice>
      <Copy label={t("pasteLine")} text={line} />
      <Copy label={t("host")} text={host} />
      <p className={styles.quiet}>{t("rawPort")}</p>
      <Copy label={t("username")} text={USER} />
      <Copy label={t("rawToken")} text={minted.secret} />
      <div className={form.acts}>
        <Button look="main" icon="check" onClick={close}>
          {t("done")}
        </Button>
      </div>
    </>
  );
}
