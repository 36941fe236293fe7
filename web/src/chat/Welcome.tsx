// What stands there while nothing has been said: a question, six sentences to try, and what there is.

import { useMemo } from "react";
import { tagOf } from "../lib/lang";
import { useTasks } from "../state/devices";
import { useHome } from "../state/home";
import { say } from "../state/talk";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { FindingSlot } from "./FindingCard";
import { HelpLink } from "./HelpLink";
import { EXAMPLES_MAX, examplesOf, nameKey } from "./examples";
import styles from "./Welcome.module.css";

export function Welcome() {
  const { t } = useWords();
  const loaded = useHome((home) => home.loaded);
  const devices = useHome((home) => Object.keys(home.devices).length);
  const rooms = useHome((home) => new Set(Object.values(home.devices).flatMap((device) => (device.space && home.spaces[device.space] ? device.space : []))).size);
  const running = useHome((home) => Object.values(home.rules).filter((rule) => rule.state === "live").length);
  return (
    <div className={styles.welcome}>
      <h1>{t("hello")}</h1>
      <p className={styles.lead}>{t(loaded === "yes" && devices === 0 ? "helloEmpty" : "helloText")}</p>
      {loaded === "yes" && devices === 0 ? <First /> : <Examples />}
      <p className={styles.digest}>
        <span>{loaded === "yes" ? t("digest", { devices, rooms, rules: running }) : "\u00a0"}</span>
        <HelpLink page="talk">{t("help_talk")}</HelpLink>
      </p>
      <FindingSlot />
    </div>
  );
}

/** The sentences; their places are kept free until the building is known. */
function Examples() {
  const { t, lang } = useWords();
  const loaded = useHome((home) => home.loaded === "yes");
  const key = useHome(nameKey);
  // Made once of what is there: a sentence does not change under the finger because a value did.
  const examples = useMemo(() => (loaded ? examplesOf(useHome.getState(), lang) : undefined), [loaded, key, lang]);
  if (!examples) {
    return (
      <ul className={styles.examples} aria-hidden="true">
        {Array.from({ length: EXAMPLES_MAX }, (_, at) => (
          <li key={at} className={styles.place} />
        ))}
      </ul>
    );
  }
  return (
    <ul className={styles.examples} aria-label={t("examples")}>
      {examples.map(({ text }) => (
        <li key={text}>
          <button type="button" className={styles.example} lang={tagOf(lang)} onClick={() => void say(text)}>
            <span>{text}</span>
            <Icon name="arrow" size={17} />
          </button>
        </li>
      ))}
    </ul>
  );
}

/** A building without devices begins with the first one. */
function First() {
  const { t } = useWords();
  const open = useTasks((tasks) => tasks.open);
  return (
    <Button look="main" icon="cable" onClick={() => open({ is: "connect" })}>
      {t("connect")}
    </Button>
  );
}
