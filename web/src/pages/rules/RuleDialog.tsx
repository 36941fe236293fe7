// One rule: what it does, who made it and who said yes, and what it did, step by step.

import { useMemo } from "react";
import { clock } from "../../lib/time";
import { useTasks } from "../../state/devices";
import { useHome } from "../../state/home";
import { linesOf, type Run, runsOf } from "../../state/traces";
import { useAsked } from "../../state/useAsked";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { HelpLink } from "../../chat/HelpLink";
import { Receipts } from "../../chat/Receipts";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon, type IconName } from "../../ui/Icon";
import { Spinner } from "../../ui/Spinner";
import * as wire from "../../wire/rules";
import type { Rule, RuleGraph, RuleWhole, Trace } from "../../wire/types";
import { Said } from "../home/devices/Said";
import styles from "./Rules.module.css";
import { RuleSwitch } from "./Rules";
import { useFresh } from "./useFresh";

/** Runs that are shown, the newest first. */
const RUNS_SHOWN = 20;
/** Values that are shown of what it has seen since. */
const SEEN_MAX = 5;

const ICONS: Record<string, IconName> = { report: "device", yes: "check", no: "cross", unknown: "question", act: "arrow" };

export function RuleDialog({ id, close }: { id: string; close: () => void }) {
  const { t, of } = useWords();
  const known = useHome((home) => home.rules[id]);
  const { value, failure } = useAsked(() => wire.rule(id), `${id} ${known?.revision}`);
  const open = useTasks((tasks) => tasks.open);
  const rule = known ?? value;
  return (
    <Dialog title={t("ruleTitle")} leave={t("close")} close={close}>
      {rule === undefined && (failure ? <Said failure={failure} /> : <Spinner />)}
      {rule && (
        <div className={styles.stack}>
          <p className={styles.whole}>{of(rule.readback)}</p>
          <div className={styles.acts}>
            <RuleSwitch rule={rule} />
            <Button icon="forward" onClick={() => open({ is: "play", rule: id })}>
              {t("play")}
            </Button>
          </div>
          <Facts rule={rule} whole={value} />
          <History id={id} graph={value?.graph} />
          <HelpLink page="rules">{t("ruleHelp")}</HelpLink>
        </div>
      )}
    </Dialog>
  );
}

function Facts({ rule, whole }: { rule: Rule; whole: RuleWhole | undefined }) {
  const { t, lang } = useWords();
  const now = useNow(60_000);
  const said = whole?.graph.meta?.["said"];
  return (
    <dl className={styles.facts}>
      {typeof said === "string" && (
        <>
          <dt>{t("ruleSaid")}</dt>
          <dd>{said}</dd>
        </>
      )}
      <dt>{t("ruleMadeBy")}</dt>
      <dd>
        {rule.by.name} · {t(`role_${rule.by.role}`)}
      </dd>
      <dt>{t("ruleApprovedBy")}</dt>
      <dd>{rule.approved_by ? `${rule.approved_by.name} · ${t(`role_${rule.approved_by.role}`)}` : t("ruleNotApproved")}</dd>
      <dt>{t("ruleSince")}</dt>
      <dd>
        <time dateTime={rule.at}>{clock(rule.at, now, lang)}</time>
      </dd>
    </dl>
  );
}

function History({ id, graph }: { id: string; graph: RuleGraph | undefined }) {
  const { t } = useWords();
  const { value: steps, failure } = useFresh(() => wire.tracesOf(id), id);
  const runs = useMemo(() => runsOf(steps ?? []), [steps]);
  const since = useMemo(() => {
    const last = steps?.findIndex((step) => step.run) ?? -1;
    return (last < 0 ? (steps ?? []) : (steps ?? []).slice(0, last)).slice(0, SEEN_MAX);
  }, [steps]);
  if (failure && !steps) return <Said failure={failure} />;
  if (!steps || !graph)
    return (
      <p className={styles.quiet} role="status">
        <Spinner size={14} /> {t("loading")}
      </p>
    );
  return (
    <>
      <section className={styles.section}>
        <h3>{t("ruleRuns")}</h3>
        {runs.length === 0 && <p className={styles.quiet}>{steps.length < wire.STEPS_MAX ? t("ruleNoRuns") : t("ruleNotLately", { n: steps.length })}</p>}
        <ol className={styles.runs}>
          {runs.slice(0, RUNS_SHOWN).map((run, at) => (
            <RunView key={run.key} run={run} graph={graph} open={at === 0} />
          ))}
        </ol>
      </section>
      {since.length > 0 && (
        <section className={styles.section}>
          <h3>{t("ruleSaw")}</h3>
          <ol className={styles.steps}>
            {since.map((step, at) => (
              <StepView key={`${step.at} ${at}`} step={step} graph={graph} />
            ))}
          </ol>
        </section>
      )}
    </>
  );
}

function RunView({ run, graph, open }: { run: Run; graph: RuleGraph; open: boolean }) {
  const { lang } = useWords();
  const now = useNow(60_000);
  return (
    <li>
      <details className={styles.run} open={open}>
        <summary>
          <time dateTime={run.at}>{clock(run.at, now, lang)}</time>
        </summary>
        <ol className={styles.steps}>
          {run.traces.map((step, at) => (
            <StepView key={`${step.at} ${at}`} step={step} graph={graph} />
          ))}
        </ol>
        <Receipts commands={run.commands} label="receipts" />
      </details>
    </li>
  );
}

/** One step: its time, and what was reported and decided. */
function StepView({ step, graph }: { step: Trace; graph: RuleGraph }) {
  const { lang } = useWords();
  const devices = useHome((home) => home.devices);
  // The names of points stay as they are while values come; the store is asked for them once a step is drawn.
  const lines = useMemo(() => linesOf(step, graph, { devices, points: useHome.getState().points }, lang), [step, graph, devices, lang]);
  const time = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en", { hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return (
    <li className={styles.step}>
      <time dateTime={step.at}>{time.format(new Date(step.at))}</time>
      <ul>
        {lines.map((line, at) => (
          <li key={at} data-kind={line.kind}>
            <Icon name={ICONS[line.kind] ?? "question"} size={15} />
            <span>{line.text}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}
