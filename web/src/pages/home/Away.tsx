// Tells that the values are not live at the moment. It lies on the edge of the bar, so nothing moves when
// it comes or goes, and nothing below it is covered.

import { useEffect, useState } from "react";
import { clock } from "../../lib/time";
import { useSession } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Icon } from "../../ui/Icon";
import styles from "./Away.module.css";

/** A short break is not worth a word. */
const PATIENCE_MS = 1_500;

export function Away() {
  const { t, lang } = useWords();
  const link = useSession((door) => door.link);
  const away = link === "broken" || link === "offline";
  const [since, setSince] = useState<number>();
  useEffect(() => {
    if (!away) return setSince(undefined);
    const began = Date.now();
    const timer = setTimeout(() => setSince(began), PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [away]);
  return (
    <div className={styles.place} role="status">
      {away && since !== undefined && (
        <p className={styles.away}>
          <Icon name="unlink" size={17} />
          {t(`link_${link}`)} {t("valuesOf", { time: clock(since, Date.now(), lang) })}
        </p>
      )}
    </div>
  );
}
