// A question back: its options as buttons; choosing one says its label.

import { says } from "../lib/speech";
import { say } from "../state/talk";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import type { Question as Asked } from "../wire/types";
import styles from "./Options.module.css";

interface Props {
  question: Asked;
  /** Whether it still waits for an answer. */
  open: boolean;
  /** The answer's text, which often is the question already. */
  spoken: string;
}

export function Question({ question, open, spoken }: Props) {
  const { t, of } = useWords();
  const text = of(question.text);
  return (
    <div className={styles.block}>
      {!says(spoken, text) && <p>{text}</p>}
      <ul className={styles.options} aria-label={t("questionOptions")}>
        {question.options.map((option, at) => (
          <li key={at}>
            <Button look="chip" disabled={!open} onClick={() => void say(of(option.label))}>
              {of(option.label)}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
