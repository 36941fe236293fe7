// Sentences that were pinned as tests: what each shall mean, and whether it still does. Each is read again on looking.

import { type FormEvent, useState } from "react";
import { asked } from "../../state/devices";
import { useAsked } from "../../state/useAsked";
import { useWords } from "../../state/useWords";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { form } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import { Spinner } from "../../ui/Spinner";
import type { Failure } from "../../wire/http";
import * as wire from "../../wire/pins";
import type { Pin } from "../../wire/types";
import { Said } from "../home/devices/Said";
import styles from "./Pins.module.css";

export function Pins({ said = "", close }: { said?: string; close: () => void }) {
  const { t } = useWords();
  const { value, failure, again } = useAsked(() => wire.pins(), "pins");
  const wrong = value?.filter((pin) => !pin.holds).length ?? 0;
  return (
    <Dialog title={t("pins")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        <p className={styles.quiet}>{t("pinsText")}</p>
        <Pinning said={said} again={again} />
        <Said failure={failure} />
        {!value && !failure && (
          <p className={styles.quiet} role="status">
            <Spinner size={14} /> {t("loading")}
          </p>
        )}
        {value?.length === 0 && <p className={styles.quiet}>{t("pinsNone")}</p>}
        {value && value.length > 0 && (
          <>
            <p role="status">{wrong === 0 ? t("pinsHold", { n: value.length }) : t("pinsWrong", { n: wrong, of: value.length })}</p>
            <ul className={styles.list}>
              {value.map((pin) => (
                <Row key={pin.id} pin={pin} again={again} />
              ))}
            </ul>
          </>
        )}
      </div>
    </Dialog>
  );
}

function Pinning({ said, again }: { said: string; again: () => void }) {
  const { t } = useWords();
  const [text, setText] = useState(said);
  const [like, setLike] = useState("");
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(wire.pin(text.trim(), like.trim()));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    setText("");
    setLike("");
    again();
  };
  return (
    <form className={styles.form} onSubmit={(event) => void submit(event)}>
      <label className={styles.field}>
        {t("pinSaid")}
        <input className={form.input} value={text} required onChange={(event) => setText(event.target.value)} />
      </label>
      <label className={styles.field}>
        {t("pinLike")}
        <input className={form.input} value={like} placeholder={t("pinLikeHint")} onChange={(event) => setLike(event.target.value)} />
      </label>
      <Button type="submit" look="main" icon="pin" disabled={busy || text.trim() === ""}>
        {t("pin")}
      </Button>
      <Said failure={failure} />
    </form>
  );
}

function Row({ pin, again }: { pin: Pin; again: () => void }) {
  const { t, of } = useWords();
  const [failure, setFailure] = useState<Failure>();
  const remove = async () => {
    const answer = await asked(wire.unpin(pin.id));
    if ("failure" in answer) return setFailure(answer.failure);
    again();
  };
  return (
    <li className={styles.row} data-holds={pin.holds}>
      <span className={styles.mark}>
        <Icon name={pin.holds ? "check" : "cross"} size={17} />
        <span className={styles.hidden}>{t(pin.holds ? "pinHolds" : "pinFails")}</span>
      </span>
      <div className={styles.what}>
        <p>{pin.text}</p>
        <Lines label={t("pinShall")} lines={pin.shall.map(of)} />
        {!pin.holds && <Lines label={t("pinMeans")} lines={pin.means.map(of)} />}
        <Said failure={failure} />
      </div>
      <IconButton label={t("unpin", { text: pin.text })} icon="trash" onClick={() => void remove()} />
    </li>
  );
}

function Lines({ label, lines }: { label: string; lines: string[] }) {
  return (
    <p className={styles.quiet}>
      {label}: {lines.join("; ")}
    </p>
  );
}
