// Words in the language that this browser shows.

import { useCallback } from "react";
import { type Lang, pick, type Two } from "../lib/lang";
import { type Fillings, text, type Word } from "../lib/words";
import { usePreferences } from "./preferences";

export interface Words {
  lang: Lang;
  /** A word of the page. */
  t: (word: Word, fillings?: Fillings) => string;
  /** A text that came in both languages. */
  of: (two: Two) => string;
}

export function useWords(): Words {
  const lang = usePreferences((p) => p.lang);
  const t = useCallback((word: Word, fillings?: Fillings) => text(word, lang, fillings), [lang]);
  const of = useCallback((two: Two) => pick(two, lang), [lang]);
  return { lang, t, of };
}
