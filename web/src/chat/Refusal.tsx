// Why something is not done, with the nearest things that are possible. Choosing one puts it into the box.

import { says } from "../lib/speech";
import { useTalk } from "../state/talk";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Notice } from "../ui/Notice";
import type { Refusal as Refused } from "../wire/types";
import { BOX_ID } from "./Composer";
import styles from "./Options.module.css";

export function Refusal({ refusal, spoken }: { refusal: Refused; spoken: string }) {
  const { t, of } = useWords();
  const nearest = refusal.nearest ?? [];
  const text = of(refusal.text);
  const take = (name: string) => {
    const { draft, setDraft } = useTalk.getState();
    setDraft(draft && !/\s$/.test(draft) ? `${draft} ${name}` : draft + name);
    document.getElementById(BOX_ID)?.focus();
  };
  return (
    <div className={styles.block}>
      {!says(spoken, text) && <Notice tone="warn">{text}</Notice>}
      {nearest.length > 0 && (
        <div className={styles.nearest}>
          <span>{t("nearest")}</span>
          <ul className={styles.options} aria-label={t("nearest")}>
            {nearest.map((name, at) => (
              <li key={at}>
                <Button look="chip" onClick={() => take(of(name))}>
                  {of(name)}
                </Button>
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}
