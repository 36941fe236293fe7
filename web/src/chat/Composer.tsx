// The box to say something. Enter sends, Shift+Enter makes a line; while an input method composes, Enter is its own.

import { type FormEvent, type KeyboardEvent, useEffect, useRef } from "react";
import { isBusy, say, SENTENCE_MAX, stopWaiting, useTalk } from "../state/talk";
import { useWords } from "../state/useWords";
import { IconButton } from "../ui/Button";
import styles from "./Composer.module.css";

export const BOX_ID = "say";

export function Composer() {
  const { t } = useWords();
  const draft = useTalk((talk) => talk.draft);
  const setDraft = useTalk((talk) => talk.setDraft);
  const busy = useTalk(isBusy);
  const box = useRef<HTMLTextAreaElement>(null);

  useEffect(() => {
    // On a touch screen the keyboard would cover half of what there is to see.
    if (matchMedia("(pointer: fine)").matches) box.current?.focus();
  }, []);

  const send = (event?: FormEvent) => {
    event?.preventDefault();
    if (busy || !draft.trim()) return;
    setDraft("");
    void say(draft);
  };

  const key = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
    if (event.key === "ArrowUp" && draft === "") {
      const last = useTalk.getState().turns.at(-1)?.said;
      if (last) {
        event.preventDefault();
        setDraft(last);
      }
    }
  };

  return (
    <form className={styles.form} onSubmit={send}>
      <div className={styles.box}>
        <textarea
          id={BOX_ID}
          ref={box}
          rows={1}
          value={draft}
          maxLength={SENTENCE_MAX}
          placeholder={t("say")}
          aria-label={t("message")}
          enterKeyHint="send"
          autoComplete="off"
          onChange={(event) => setDraft(event.target.value)}
          onKeyDown={key}
        />
        {busy ? (
          <IconButton key="stop" label={t("stop")} icon="stop" look="main" onClick={stopWaiting} />
        ) : (
          <IconButton key="send" label={t("send")} icon="send" look="main" type="submit" disabled={!draft.trim()} />
        )}
      </div>
    </form>
  );
}
