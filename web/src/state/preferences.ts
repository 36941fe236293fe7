// What this browser remembers: language and theme.

import { create } from "zustand";
import { type Lang, preferred, tagOf } from "../lib/lang";

export type Theme = "system" | "light" | "dark";
const THEMES: readonly Theme[] = ["system", "light", "dark"];

interface Preferences {
  lang: Lang;
  theme: Theme;
  setLang(lang: Lang): void;
  nextTheme(): void;
}

const LANG_KEY = "castellan.lang";
const THEME_KEY = "castellan.theme";

function recall(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // A browser that keeps nothing still shows the page.
  }
}

/** Writes language and theme where the style sheet sees them. */
function show(lang: Lang, theme: Theme): void {
  const root = document.documentElement;
  root.lang = tagOf(lang);
  if (theme === "system") delete root.dataset["theme"];
  else root.dataset["theme"] = theme;
}

/** Whether a kept word is one of ours. */
export const isTheme = (word: string | null): word is Theme => THEMES.includes(word as Theme);
export const isLang = (word: string | null): word is Lang => word === "zh" || word === "en";

export const usePreferences = create<Preferences>((set, get) => {
  const keptLang = recall(LANG_KEY);
  const keptTheme = recall(THEME_KEY);
  const lang = isLang(keptLang) ? keptLang : preferred(navigator.languages);
  const theme = isTheme(keptTheme) ? keptTheme : "system";
  show(lang, theme);
  return {
    lang,
    theme,
    setLang: (next) => {
      remember(LANG_KEY, next);
      show(next, get().theme);
      set({ lang: next });
    },
    nextTheme: () => {
      const next = THEMES[(THEMES.indexOf(get().theme) + 1) % THEMES.length] ?? "system";
      remember(THEME_KEY, next);
      show(get().lang, next);
      set({ theme: next });
    },
  };
});
