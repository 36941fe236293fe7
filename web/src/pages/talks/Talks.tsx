// Conversations that were had: search one, go on with it, give it a name, or throw it away.

import { type FormEvent, useEffect, useState } from "react";
import { clock } from "../../lib/time";
import { asked, useTasks } from "../../state/devices";
import { forget, goOn, useTalk } from "../../state/talk";
import { useAsked } from "../../state/useAsked";
import { useNow } from "../../state/useNow";
import { useView } from "../../state/view";
import { useWords } from "../../state/useWords";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { form } from "../../ui/Form";
import { Spinner } from "../../ui/Spinner";
import * as wire from "../../wire/conversations";
import type { Failure } from "../../wire/http";
import type { Conversation } from "../../wire/types";
import { Said } from "../home/devices/Said";
import styles from "./Talks.module.css";

/** A search waits so long for the next letter. */
const TYPING_MS = 250;
/** Longest name. */
const TITLE_CHARS_MAX = 120;

export function Talks({ close }: { close: () => void }) {
  const { t } = useWords();
  const [text, setText] = useState("");
  const query = useLater(text.trim());
  const { value, failure, again } = useAsked(() => wire.conversations(query), `talks ${query}`);
  const open = useTasks((tasks) => tasks.open);
  const done = () => {
    useView.getState().talk();
    close();
  };
  return (
    <Dialog title={t("talks")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        <div className={styles.top}>
          <input type="search" className={form.input} value={text} autoFocus aria-label={t("talksSearch")} placeholder={t("talksSearch")} onChange={(event) => setText(event.target.value)} />
          <Button
            look="main"
            icon="plus"
            onClick={() => {
              forget();
              done();
            }}
          >
            {t("talksNew")}
          </Button>
          <Button look="quiet" icon="pin" onClick={() => open({ is: "pins" })}>
            {t("pins")}
          </Button>
        </div>
        <Said failure={failure} />
        {!value && !failure && (
          <p className={styles.quiet} role="status">
            <Spinner size={14} /> {t("loading")}
          </p>
        )}
        {value?.length === 0 && <p className={styles.quiet}>{t(query ? "talksNoMatch" : "talksNone")}</p>}
        <ul className={styles.list}>
          {value?.map((one) => (
            <Row key={one.id} conversation={one} done={done} again={again} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

/** A text as it was a moment ago. */
function useLater(text: string): string {
  const [later, setLater] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setLater(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return later;
}

function Row({ conversation, done, again }: { conversation: Conversation; done: () => void; again: () => void }) {
  const { t, lang } = useWords();
  const now = useNow(60_000);
  const current = useTalk((talk) => talk.conversation === conversation.id);
  const [doing, setDoing] = useState<"rename" | "remove">();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const name = conversation.title || conversation.opening;
  const run = async (request: Promise<unknown>, then: () => void) => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(request);
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    setDoing(undefined);
    then();
  };
  const remove = () =>
    run(wire.remove(conversation.id), () => {
      if (current) forget();
      again();
    });
  return (
    <li className={styles.row} data-current={current}>
      <div className={styles.line}>
        <button type="button" className={styles.open} disabled={busy} onClick={() => void run(goOn(conversation.id), done)}>
          <span>{name}</span>
          <small>
            {[clock(conversation.last, now, lang), conversation.turns === 1 ? t("talksTurn") : t("talksTurns", { n: conversation.turns }), current ? t("talksNow") : ""].filter(Boolean).join(" · ")}
          </small>
        </button>
        <IconButton label={t("talksRename", { name })} icon="pencil" aria-expanded={doing === "rename"} onClick={() => setDoing(doing === "rename" ? undefined : "rename")} />
        <IconButton label={t("talksRemove", { name })} icon="trash" aria-expanded={doing === "remove"} onClick={() => setDoing(doing === "remove" ? undefined : "remove")} />
      </div>
      {doing === "rename" && <Renaming name={name} busy={busy} save={(title) => void run(wire.rename(conversation.id, title), again)} />}
      {doing === "remove" && (
        <div className={styles.sure}>
          <span>{t("talksSure")}</span>
          <Button icon="trash" disabled={busy} autoFocus onClick={() => void remove()}>
            {t("remove")}
          </Button>
          <Button look="quiet" onClick={() => setDoing(undefined)}>
            {t("cancel")}
          </Button>
        </div>
      )}
      <Said failure={failure} />
    </li>
  );
}

function Renaming({ name, busy, save }: { name: string; busy: boolean; save: (title: string) => void }) {
  const { t } = useWords();
  const [title, setTitle] = useState(name);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(title.trim());
  };
  return (
    <form className={styles.sure} onSubmit={submit}>
      <input className={form.input} value={title} maxLength={TITLE_CHARS_MAX} required autoFocus aria-label={t("talksTitle")} onChange={(event) => setTitle(event.target.value)} />
      <Button type="submit" look="main" disabled={busy || title.trim() === ""}>
        {t("save")}
      </Button>
    </form>
  );
}
