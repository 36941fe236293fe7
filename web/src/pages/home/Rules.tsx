// The rules: what each does, in words, and how far it is in use.

import { useState } from "react";
import { useHome } from "../../state/home";
import { setRuleState } from "../../state/rules";
import { useSession } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Choice } from "../../ui/Choice";
import { Notice } from "../../ui/Notice";
import type { Failure } from "../../wire/http";
import type { Rule, RuleState } from "../../wire/types";
import styles from "./Rules.module.css";

const STATES: readonly RuleState[] = ["draft", "shadow", "live"];

export function Rules() {
  const { t } = useWords();
  const rules = useHome((home) => home.rules);
  const safe = useSession((door) => door.phase.is === "in" && !door.phase.session.rules_run);
  const list = Object.values(rules).sort((a, b) => a.id.localeCompare(b.id));
  if (list.length === 0) return <p className={styles.empty}>{t("noRules")}</p>;
  return (
    <ul className={styles.list}>
      {safe && (
        <li>
          <Notice tone="warn">{t("safeMode")}</Notice>
        </li>
      )}
      {list.map((rule) => (
        <RuleCard key={rule.id} rule={rule} />
      ))}
    </ul>
  );
}

function RuleCard({ rule }: { rule: Rule }) {
  const { t, of } = useWords();
  const [asking, setAsking] = useState<RuleState>();
  const [failure, setFailure] = useState<Failure>();
  const viewer = useSession((door) => door.phase.is !== "in" || door.phase.session.role === "viewer");
  const name = of(rule.name) || rule.id;
  const choose = async (state: RuleState) => {
    setAsking(state);
    setFailure(undefined);
    try {
      await setRuleState(rule.id, state);
    } catch (thrown) {
      setFailure(thrown as Failure);
    }
    setAsking(undefined);
  };
  return (
    <li className={styles.rule} data-state={rule.state}>
      <h3>{name}</h3>
      <p>{of(rule.readback)}</p>
      <Choice
        label={t("ruleState", { name })}
        options={STATES.map((key) => ({ key, label: t(`rule_${key}`) }))}
        chosen={asking ?? rule.state}
        choose={(state) => void choose(state)}
        disabled={asking !== undefined || viewer}
      />
      {failure && <Notice tone="bad">{failure.said || t(`trouble_${failure.kind}`)}</Notice>}
    </li>
  );
}
