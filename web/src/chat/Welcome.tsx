// What stands there while nothing has been said: a question, six sentences to try, and what there is.

import { useMemo } from "react";
import { tagOf } from "../lib/lang";
import { roomsOf } from "../state/building";
import { useHome } from "../state/home";
import { say } from "../state/talk";
import { useWords } from "../state/useWords";
import { Icon } from "../ui/Icon";
import { EXAMPLES } from "./examples";
import styles from "./Welcome.module.css";

export function Welcome() {
  const { t, lang } = useWords();
  const { devices, points, spaces, rules, loaded } = useHome();
  const rooms = useMemo(() => roomsOf({ devices, points, spaces }).filter((room) => room.space).length, [devices, points, spaces]);
  const running = Object.values(rules).filter((rule) => rule.state === "live").length;
  return (
    <div className={styles.welcome}>
      <h1>{t("hello")}</h1>
      <p className={styles.lead}>{t("helloText")}</p>
      <ul className={styles.examples} aria-label={t("examples")}>
        {EXAMPLES[lang].map((sentence) => (
          <li key={sentence}>
            <button type="button" className={styles.example} lang={tagOf(lang)} onClick={() => void say(sentence)}>
              <span>{sentence}</span>
              <Icon name="arrow" size={17} />
            </button>
          </li>
        ))}
      </ul>
      <p className={styles.digest}>{loaded === "yes" ? t("digest", { devices: Object.keys(devices).length, rooms, rules: running }) : "\u00a0"}</p>
    </div>
  );
}
