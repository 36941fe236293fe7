// The way to a page of the manual, in the language of the page. It opens beside this one.

import type { ReactNode } from "react";
import { tagOf } from "../lib/lang";
import { useWords } from "../state/useWords";
import { Icon } from "../ui/Icon";
import styles from "./HelpLink.module.css";

export function HelpLink({ page, children }: { page: string; children: ReactNode }) {
  const { lang } = useWords();
  return <ManualLink url={`/docs/${tagOf(lang)}/${page}`}>{children}</ManualLink>;
}

export function ManualLink({ url, children }: { url: string; children: ReactNode }) {
  return (
    <a className={styles.help} href={url} target="_blank" rel="noopener">
      <Icon name="book" size={16} />
      {children}
    </a>
  );
}
