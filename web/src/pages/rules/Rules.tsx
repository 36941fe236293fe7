// The rules: what each does, in words, how far it is in use, and when it acted last; beside them scenes and schedules.

import { useMemo, useState } from "react";
import { FindingSlot } from "../../chat/FindingCard";
import { clock } from "../../lib/time";
import { useTasks } from "../../state/devices";
import { useHome } from "../../state/home";
import { setRuleState } from "../../state/rules";
import { useSession } from "../../state/session";
import { lastRuns } from "../../state/traces";
import { useFlow } from "../../state/useFlow";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Choice } from "../../ui/Choice";
import { Notice } from "../../ui/Notice";
import type { Failure } from "../../wire/http";
import { STEPS_MAX, traces } from "../../wire/rules";
import type { Rule, RuleState } from "../../wire/types";
import { Findings } from "./findings/Findings";
import { useMayControl } from "../home/controls/useCommand";
import styles from "./Rules.module.css";
import { ScenesPart } from "./scenes/ScenesPart";
import { SchedulesPart } from "./scenes/SchedulesPart";
import { useFresh } from "./useFresh";

const STATES: readonly RuleState[] = ["draft", "shadow", "live"];

const SHOWN = ["rules", "scenes", "schedules"] as const;
type Shown = (typeof SHOWN)[number];

/** The rules, and what people set together or by the clock. */
export function Rules() {
  const f = useFlow();
  const [shown, show] = useState<Shown>("rules");
  return (
    <div className={styles.all}>
      <Choice label={f("shown")} options={SHOWN.map((key) => ({ key, label: f(`shown_${key}`) }))} chosen={shown} choose={show} />
      {shown === "rules" && (
        <>
          <RuleTools />
          <RuleList />
        </>
      )}
      {shown === "scenes" && <ScenesPart />}
      {shown === "schedules" && <SchedulesPart />}
    </div>
  );
}

/** The ways to a new rule beside saying it. */
function RuleTools() {
  const f = useFlow();
  const open = useTasks((tasks) => tasks.open);
  if (!useMayControl()) return null;
  return (
    <div className={styles.acts}>
      <Button icon="pencil" onClick={() => open({ is: "editor" })}>
        {f("editorNew")}
      </Button>
      <Button icon="scene" onClick={() => open({ is: "templates" })}>
        {f("templates")}
      </Button>
      <Button icon="file" onClick={() => open({ is: "importRules" })}>
        {f("importTitle")}
      </Button>
    </div>
  );
}

function RuleList() {
  const { t } = useWords();
  const rules = useHome((home) => home.rules);
  const safe = useSession((door) => door.phase.is === "in" && !door.phase.session.rules_run);
  const { value: steps } = useFresh(traces, "all");
  const last = useMemo(() => lastRuns(steps ?? []), [steps]);
  const list = Object.values(rules).sort((a, b) => a.id.localeCompare(b.id));
  if (list.length === 0)
    return (
      <>
        <p className={styles.empty}>{t("noRules")}</p>
        <FindingSlot />
      </>
    );
  return (
    <ul className={styles.list}>
      {safe && (
        <li className={styles.across}>
          <Notice tone="warn">{t("safeMode")}</Notice>
        </li>
      )}
      <li className={styles.across}>
        <Findings />
      </li>
      {list.map((rule) => (
        <RuleCard key={rule.id} rule={rule} last={last.get(rule.id)} known={steps?.length} />
      ))}
      <li className={styles.across}>
        <FindingSlot />
      </li>
    </ul>
  );
}

function RuleCard({ rule, last, known }: { rule: Rule; last: { at: string; count: number } | undefined; known: number | undefined }) {
  const { t, of, lang } = useWords();
  const now = useNow(60_000);
  const open = useTasks((tasks) => tasks.open);
  const name = of(rule.name) || rule.id;
  const acted = last && t(last.count > 1 ? "ruleActedTimes" : "ruleActed", { time: clock(last.at, now, lang), n: last.count });
  // The server keeps so many steps; what is older is not known here.
  const not = known === undefined ? "\u00a0" : known < STEPS_MAX ? t("ruleNeverActed") : t("ruleNotLately", { n: known });
  return (
    <li className={styles.rule} data-state={rule.state}>
      <p className={styles.readback}>{of(rule.readback)}</p>
      <p className={styles.last}>{acted ?? not}</p>
      <RuleSwitch rule={rule} />
      <div className={styles.acts}>
        <Button look="quiet" icon="forward" aria-label={t("playOf", { name })} onClick={() => open({ is: "play", rule: rule.id })}>
          {t("play")}
        </Button>
        <Button look="quiet" icon="more" aria-label={t("ruleDetails", { name })} onClick={() => open({ is: "rule", id: rule.id })}>
          {t("more")}
        </Button>
      </div>
    </li>
  );
}

/** Off, trial or on. Where policy asks first, a proposal appears instead. */
export function RuleSwitch({ rule }: { rule: Rule }) {
  const { t, of } = useWords();
  const [asking, setAsking] = useState<RuleState>();
  const [failure, setFailure] = useState<Failure>();
  const viewer = useSession((door) => door.phase.is !== "in" || door.phase.session.role === "viewer");
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
    <>
      <Choice
        label={t("ruleState", { name: of(rule.name) || rule.id })}
        options={STATES.map((key) => ({ key, label: t(`rule_${key}`) }))}
        chosen={asking ?? rule.state}
        choose={(state) => void choose(state)}
        disabled={asking !== undefined || viewer}
      />
      {failure && <Notice tone="bad">{failure.said || t(`trouble_${failure.kind}`)}</Notice>}
    </>
  );
}
