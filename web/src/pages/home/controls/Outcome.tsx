// What became of the last use of a control: on its way, confirmed by the device, or why not. It stands beside its
// control in a place that is always there, so nothing moves.

import { useWords } from "../../../state/useWords";
import { isUndone, type Wish } from "../../../state/commands";
import { Icon, type IconName } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import styles from "./Controls.module.css";

const ICONS: Partial<Record<Wish["state"], IconName>> = { acked: "check", confirmed: "checks", timed_out: "clock", refused: "cross", failed: "alert", unknown: "question", asked: "shield" };

export function Outcome({ wish, brief = false }: { wish: Wish | undefined; brief?: boolean }) {
  const { t, of } = useWords();
  // What was not done is told in words, below the name.
  if (!wish || (brief && isUndone(wish))) return <span className={styles.outcome} role="status" />;
  const { state, why } = wish;
  const icon = ICONS[state];
  const word = state === "sending" ? t("sending") : state === "asked" ? t("proposal_pending") : state === "failed" ? t("commandFailed") : t(`receipt_${state}`);
  const reason = why === undefined ? "" : typeof why === "string" ? why : of(why);
  return (
    <span className={styles.outcome} role="status" data-state={state} title={brief ? [word, reason].filter(Boolean).join(" · ") : undefined}>
      {icon ? <Icon name={icon} size={15} /> : <Spinner size={13} />}
      <span className={brief ? styles.hidden : ""}>{[word, reason].filter(Boolean).join(" · ")}</span>
    </span>
  );
}
