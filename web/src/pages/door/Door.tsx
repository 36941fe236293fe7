// The page for nobody yet: connecting, signing in, and a server that does not answer.

import { type FormEvent, type ReactNode, useEffect, useState } from "react";
import { type Phase, resume, signIn } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Mark } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import styles from "./Door.module.css";

/** How often a server that does not answer is asked again. */
const AGAIN_MS = 5_000;

function Frame({ children }: { children: ReactNode }) {
  return (
    <main className={styles.door}>
      <div className={styles.card}>
        <div className={styles.brand}>
          <Mark size={36} />
          <span>Castellan</span>
        </div>
        {children}
      </div>
    </main>
  );
}

export function Starting() {
  const { t } = useWords();
  return (
    <Frame>
      <h1 className={styles.wait} role="status">
        <Spinner size={18} /> {t("starting")}
      </h1>
    </Frame>
  );
}

export function Gone({ phase }: { phase: Extract<Phase, { is: "gone" }> }) {
  const { t } = useWords();
  const [asking, setAsking] = useState(false);
  const offline = phase.failure.kind === "offline";

  const again = async () => {
    setAsking(true);
    await resume();
    setAsking(false);
  };
  useEffect(() => {
    const timer = setTimeout(() => void resume(), AGAIN_MS);
    const online = () => void resume();
    addEventListener("online", online);
    return () => {
      clearTimeout(timer);
      removeEventListener("online", online);
    };
  }, [phase]);

  return (
    <Frame>
      <h1>{t(offline ? "offlineTitle" : "goneTitle")}</h1>
      <p>{phase.failure.said || t(offline ? "offlineText" : "goneText")}</p>
      <Button look="main" disabled={asking} onClick={() => void again()}>
        {t("retry")}
      </Button>
    </Frame>
  );
}

export function SignIn({ phase }: { phase: Extract<Phase, { is: "out" }> }) {
  const { t } = useWords();
  const [code, setCode] = useState("");
  const [asking, setAsking] = useState(false);
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!code.trim() || asking) return;
    setAsking(true);
    await signIn(code.trim());
    setAsking(false);
  };
  return (
    <Frame>
      <h1>{t(phase.expired ? "expiredTitle" : "signInTitle")}</h1>
      <p>{t(phase.expired ? "expiredText" : "signInText")}</p>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <label>
          <span>{t("code")}</span>
          <input value={code} onChange={(event) => setCode(event.target.value)} autoComplete="one-time-code" autoCapitalize="off" spellCheck={false} autoFocus />
        </label>
        {phase.failure && <Notice tone="bad">{phase.failure.said || t("trouble_refused")}</Notice>}
        <Button look="main" type="submit" disabled={asking || !code.trim()}>
          {t("signIn")}
        </Button>
      </form>
      <p className={styles.hint}>{t("codeHint")}</p>
    </Frame>
  );
}
