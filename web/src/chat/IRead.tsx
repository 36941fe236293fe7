// Which words were read as what: pointing at one, or moving to it by the keyboard, marks the words in what was said.

import { useWords } from "../state/useWords";
import type { Words } from "../wire/types";
import styles from "./IRead.module.css";
import { type Span, cut } from "./spans";

/** What was said, with the words marked that are pointed at. */
export function Marked({ said, span }: { said: string; span: Span | undefined }) {
  const [before, words, after] = cut(said, span);
  if (!words) return <>{said}</>;
  return (
    <>
      {before}
      <mark className={styles.mark}>{words}</mark>
      {after}
    </>
  );
}

interface Props {
  said: string;
  words: readonly Words[];
  pointed: number | undefined;
  onPoint: (at: number | undefined) => void;
}

export function IRead({ said, words, pointed, onPoint }: Props) {
  const { t, of } = useWords();
  if (words.length === 0) return null;
  return (
    <div className={styles.read}>
      <span>{t("iRead")}</span>
      <ul aria-label={t("iRead")}>
        {words.map((word, at) => (
          <li key={at}>
            <button
              type="button"
              className={styles.word}
              data-sense={word.sense}
              aria-pressed={pointed === at}
              aria-label={t("readAs", { words: cut(said, word.span)[1], meaning: of(word.text), sense: t(`sense_${word.sense}`) })}
              onPointerEnter={() => onPoint(at)}
              onPointerLeave={() => onPoint(undefined)}
              onFocus={() => onPoint(at)}
              onBlur={() => onPoint(undefined)}
              onClick={() => onPoint(at)}
            >
              {of(word.text)}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
