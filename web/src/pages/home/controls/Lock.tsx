// A lock. Locking is done at once; unlocking is asked twice, since it cannot be taken back for whoever stands outside.

import { useState } from "react";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import type { Point } from "../../../wire/types";
import styles from "./Controls.module.css";
import { Outcome } from "./Outcome";
import { useCommand } from "./useCommand";

export function Lock({ point, name, brief = false }: { point: Point; name: string; brief?: boolean }) {
  const { t } = useWords();
  const { value, barred, wish, set } = useCommand(point);
  const [sure, setSure] = useState(false);
  const locked = value === true;
  return (
    <span className={styles.main} data-wrap={!brief}>
      <Outcome wish={wish} brief={brief} />
      {sure ? (
        <>
          <Button
            look="main"
            aria-label={t("reallyUnlockOf", { name })}
            autoFocus
            disabled={barred !== undefined}
            onClick={() => {
              setSure(false);
              set(false);
            }}
          >
            {t("reallyUnlock")}
          </Button>
          <Button onClick={() => setSure(false)}>{t("cancel")}</Button>
        </>
      ) : (
        <Button
          icon={locked ? "unlocked" : "lock"}
          aria-label={t(locked ? "unlockOf" : "lockOf", { name })}
          disabled={barred !== undefined || value === undefined}
          onClick={() => (locked ? setSure(true) : set(true))}
        >
          {t(locked ? "unlockIt" : "lockIt")}
        </Button>
      )}
    </span>
  );
}
