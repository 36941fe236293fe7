// Words of the pages about rules. They stand in a table of their own, which is read with those pages.

import { useCallback } from "react";
import { FLOW_WORDS } from "../lib/flowWords";
import { type Fillings, filled } from "../lib/words";
import { usePreferences } from "./preferences";

export type FlowWord = keyof typeof FLOW_WORDS;
export type Tell = (word: FlowWord, fillings?: Fillings) => string;

/** Tells a word of these pages in the language of this browser. */
export function useFlow(): Tell {
  const lang = usePreferences((p) => p.lang);
  return useCallback((word: FlowWord, fillings?: Fillings) => filled(FLOW_WORDS[word], lang, fillings), [lang]);
}
