// The bar at the bottom of a narrow window: the parts of the page, one of which stands there.

import styles from "./Navigation.module.css";
import { Icon, type IconName } from "./Icon";

interface Part<K extends string> {
  key: K;
  label: string;
  icon: IconName;
  count?: number;
  /** Something happened there that was not seen yet; in words. */
  news?: string | undefined;
}

interface Props<K extends string> {
  label: string;
  parts: readonly Part<K>[];
  chosen: K;
  choose: (key: K) => void;
}

export function Navigation<K extends string>({ label, parts, chosen, choose }: Props<K>) {
  return (
    <nav className={styles.bar} aria-label={label}>
      {parts.map((part) => (
        <button key={part.key} type="button" className={styles.part} aria-current={part.key === chosen ? "page" : undefined} onClick={() => choose(part.key)}>
          <span className={styles.icon}>
            <Icon name={part.icon} size={21} />
            {part.news && <span className={styles.news} />}
            {part.count !== undefined && part.count > 0 && <span className={styles.count}>{part.count}</span>}
          </span>
          {part.label}
          {part.news && <span className={styles.hidden}>{part.news}</span>}
        </button>
      ))}
    </nav>
  );
}
