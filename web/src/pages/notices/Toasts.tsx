// What a rule tells people, in front of the page for a while. It stands in the list until somebody has read it.

import { useEffect, useRef, useState } from "react";
import { useHome } from "../../state/home";
import { read, toldNow } from "../../state/notices";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { useMayControl } from "../home/controls/useCommand";
import styles from "./Notices.module.css";

export function Toasts() {
  const { t, of } = useWords();
  const notices = useHome((home) => home.notices);
  const may = useMayControl();
  const now = useNow(1_000);
  const [put, setPut] = useState<ReadonlySet<string>>(new Set());
  // Those that were there when the page began stand in the list; those that came since are told.
  const since = useRef<Map<string, number>>(undefined);
  const [, seen] = useState(0);
  useEffect(() => {
    const first = since.current === undefined;
    const known = (since.current ??= new Map());
    for (const { id, at } of Object.values(notices)) if (!known.has(id)) known.set(id, first && Date.now() - Date.parse(at) > FRESH_MS ? -Infinity : Date.now());
    seen((n) => n + 1);
  }, [notices]);
  const told = toldNow(Object.values(notices), since.current ?? new Map(), Math.max(now, Date.now())).filter(({ id }) => !put.has(id));
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {told.map((notice) => (
        <div key={notice.id} className={styles.toast} data-level={notice.level} role={notice.level === "urgent" ? "alert" : undefined}>
          <Icon name={notice.level === "info" ? "bell" : "alert"} size={19} />
          <p>{of(notice.text)}</p>
          <Button look="quiet" onClick={() => (setPut(new Set([...put, notice.id])), may && void read([notice.id]))}>
            {t("noticeRead")}
          </Button>
        </div>
      ))}
    </div>
  );
}

/** What was told so short a time before this part of the page was there is told too: it is what brought it. */
const FRESH_MS = 15_000;
