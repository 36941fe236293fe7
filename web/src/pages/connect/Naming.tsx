// What a device is called: in the language of the page, and in the other one for who wants to.

import { useWords } from "../../state/useWords";
import { Field, form } from "../../ui/Form";
import styles from "./Connect.module.css";

/** Longest name of a device. */
const NAME_CHARS_MAX = 64;

interface Props {
  zh: string;
  en: string;
  set: (zh: string, en: string) => void;
  hint?: boolean;
}

export function Naming({ zh, en, set, hint = true }: Props) {
  const { t, lang } = useWords();
  const input = (which: "zh" | "en", label: string, help?: string) => (
    <Field label={label} hint={help}>
      {(control) => (
        <input
          {...control}
          className={form.input}
          lang={which === "zh" ? "zh-CN" : "en"}
          value={which === "zh" ? zh : en}
          maxLength={NAME_CHARS_MAX}
          autoComplete="off"
          onChange={(event) => (which === "zh" ? set(event.target.value, en) : set(zh, event.target.value))}
        />
      )}
    </Field>
  );
  return (
    <div className={styles.naming}>
      {input(lang, t("nameIn"), hint ? t("deviceNameHint") : undefined)}
      <details className={styles.more}>
        <summary>{t("otherName")}</summary>
        {input(lang === "zh" ? "en" : "zh", t(lang === "zh" ? "nameEn" : "nameZh"))}
      </details>
    </div>
  );
}
