// One rule: what it does, who made it and who said yes, and what it did, step by step.

import { useMemo, useState } from "react";
import { clock } from "../../lib/time";
import { useTasks } from "../../state/devices";
import { useHome } from "../../state/home";
import { useLive } from "../../state/live";
import { nameOf } from "../../state/building";
import { runByHand } from "../../state/rules";
import { CLASSES, linesOf, type Run, runsOf } from "../../state/traces";
import { useAsked } from "../../state/useAsked";
import { useFlow } from "../../state/useFlow";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { HelpLink } from "../../chat/HelpLink";
import { Receipts } from "../../chat/Receipts";
import { Button } from "../../ui/Button";
import { Choice } from "../../ui/Choice";
import { Dialog } from "../../ui/Dialog";
import { Icon, type IconName } from "../../ui/Icon";
import { Spinner } from "../../ui/Spinner";
import { Tabs } from "../../ui/Tabs";
import type { Failure } from "../../wire/http";
import * as wire from "../../wire/rules";
import type { Rule, RuleGraph, RuleWhole, Trace, TraceClass } from "../../wire/types";
import { useMayControl } from "../home/controls/useCommand";
import { Said } from "../home/devices/Said";
import { Covered } from "./Covered";
import { Export } from "./exchange/Export";
import { Graph } from "./graph/Graph";
import { BacktestPart } from "./past/BacktestPart";
import { ScenarioPart } from "./past/ScenarioPart";
import { TrialPart } from "./past/TrialPart";
import part from "./Part.module.css";
import styles from "./Rules.module.css";
import { RuleSwitch } from "./Rules";
import { useFresh } from "./useFresh";

/** Runs that are shown, the newest first. */
const RUNS_SHOWN = 20;
/** Values that are shown of what it has seen since. */
const SEEN_MAX = 5;
/** Steps that are shown of one class. */
const STEPS_SHOWN = 40;

type Shown = "all" | TraceClass;
const SHOWN: readonly Shown[] = ["all", ...CLASSES];

const ICONS: Record<string, IconName> = { report: "device", yes: "check", no: "cross", unknown: "question", act: "arrow", failed: "alert" };

const PARTS = ["graph", "runs", "past", "trial", "table"] as const;
type Part = (typeof PARTS)[number];

export function RuleDialog({ id, close }: { id: string; close: () => void }) {
  const { t, of } = useWords();
  const known = useHome((home) => home.rules[id]);
  const { value, failure } = useAsked(() => wire.rule(id), `${id} ${known?.revision}`);
  const open = useTasks((tasks) => tasks.open);
  const may = useMayControl();
  const rule = known ?? value;
  return (
    <Dialog title={t("ruleTitle")} leave={t("close")} close={close} wide>
      {rule === undefined && (failure ? <Said failure={failure} /> : <Spinner />)}
      {rule && (
        <div className={part.part}>
          <p className={styles.whole}>{of(rule.readback)}</p>
          {value && <Covered graph={value.graph} />}
          <div className={styles.acts}>
            <RuleSwitch rule={rule} />
            <Button icon="forward" onClick={() => open({ is: "play", rule: id })}>
              {t("play")}
            </Button>
            {may && (
              <Button icon="pencil" onClick={() => open({ is: "editor", rule: id })}>
                {t("edit")}
              </Button>
            )}
            {value && <ByHand rule={rule} graph={value.graph} />}
          </div>
          <Parts rule={rule} whole={value} />
          <HelpLink page="rules">{t("ruleHelp")}</HelpLink>
        </div>
      )}
    </Dialog>
  );
}

/** A rule that somebody may set off: where such a run begins stands in its graph. */
function ByHand({ rule, graph }: { rule: Rule; graph: RuleGraph }) {
  const f = useFlow();
  const may = useMayControl();
  const [state, setState] = useState<"idle" | "busy" | "done" | Failure>("idle");
  if (!may || rule.state === "draft" || !graph.nodes.some(({ type }) => type === "manual")) return null;
  const run = () => {
    setState("busy");
    runByHand(rule.id).then(
      () => setState("done"),
      (thrown: unknown) => setState(thrown as Failure),
    );
  };
  return (
    <>
      <Button icon="play" disabled={state === "busy"} onClick={run}>
        {f("runByHand")}
      </Button>
      {state === "done" && <span role="status">{f("runByHandSent")}</span>}
      <Said failure={typeof state === "object" ? state : undefined} />
    </>
  );
}

function Parts({ rule, whole }: { rule: Rule; whole: RuleWhole | undefined }) {
  const f = useFlow();
  const [shown, show] = useState<Part>("graph");
  const graph = whole?.graph;
  return (
    <Tabs label={f("parts")} tabs={PARTS.map((key) => ({ key, label: f(`part_${key}`) }))} chosen={shown} choose={show} inner>
      {shown === "graph" && (
        <div className={part.part}>
          <LiveGraph rule={rule} graph={graph} />
          <Export rule={rule.id} />
        </div>
      )}
      {shown === "runs" && (
        <div className={part.part}>
          <Facts rule={rule} whole={whole} />
          <History id={rule.id} graph={graph} />
        </div>
      )}
      {shown === "past" && <BacktestPart rule={rule.id} graph={graph} />}
      {shown === "trial" && <TrialPart rule={rule} />}
      {shown === "table" && graph && <ScenarioPart key={rule.revision} graph={graph} />}
    </Tabs>
  );
}

/** The graph with what it carries now. */
function LiveGraph({ rule, graph }: { rule: Rule; graph: RuleGraph | undefined }) {
  const { t, of } = useWords();
  const f = useFlow();
  const { value: steps } = useFresh(() => wire.tracesOf(rule.id), rule.id);
  const { runs, live, pulses, why } = useLive(rule.id);
  if (!graph) return <p className={part.quiet}>{t("loading")}</p>;
  return (
    <div className={part.part}>
      <Graph graph={graph} live={live} pulses={pulses} traces={steps} />
      {(why || runs === false) && <p className={part.quiet}>{why ? of(why) : f("graphIdle")}</p>}
    </div>
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
  const f = useFlow();
  const [shown, show] = useState<Shown>("all");
  const { value: steps, failure } = useFresh(() => wire.tracesOf(id, shown === "all" ? undefined : shown), `${id} ${shown}`);
  const some = shown === "all" ? undefined : steps?.slice(0, STEPS_SHOWN);
  if (failure && !steps) return <Said failure={failure} />;
  if (!steps || !graph)
    return (
      <p className={part.quiet} role="status">
        <Spinner size={14} /> {t("loading")}
      </p>
    );
  return (
    <>
      <section className={styles.section}>
        <Choice label={f("runsFilter")} options={SHOWN.map((key) => ({ key, label: f(`class_${key}`) }))} chosen={shown} choose={show} small />
        {some && some.length === 0 && <p className={part.quiet}>{f("classNone")}</p>}
        {some && (
          <ol className={styles.steps}>
            {some.map((step, at) => (
              <StepView key={`${step.at} ${at}`} step={step} graph={graph} />
            ))}
          </ol>
        )}
        {!some && <Runs steps={steps} graph={graph} />}
      </section>
      {!some && <Seen steps={steps} graph={graph} />}
    </>
  );
}

function Runs({ steps, graph }: { steps: readonly Trace[]; graph: RuleGraph }) {
  const { t } = useWords();
  const runs = useMemo(() => runsOf(steps), [steps]);
  return (
    <>
      <h3>{t("ruleRuns")}</h3>
      {runs.length === 0 && <p className={part.quiet}>{steps.length < wire.STEPS_MAX ? t("ruleNoRuns") : t("ruleNotLately", { n: steps.length })}</p>}
      <ol className={styles.runs}>
        {runs.slice(0, RUNS_SHOWN).map((run, at) => (
          <RunView key={run.key} run={run} graph={graph} open={at === 0} />
        ))}
      </ol>
    </>
  );
}

/** What it has seen since it acted last. */
function Seen({ steps, graph }: { steps: readonly Trace[]; graph: RuleGraph }) {
  const { t } = useWords();
  const since = useMemo(() => {
    const last = steps.findIndex((step) => step.run);
    return (last < 0 ? steps : steps.slice(0, last)).slice(0, SEEN_MAX);
  }, [steps]);
  if (since.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3>{t("ruleSaw")}</h3>
      <ol className={styles.steps}>
        {since.map((step, at) => (
          <StepView key={`${step.at} ${at}`} step={step} graph={graph} />
        ))}
      </ol>
    </section>
  );
}

function RunView({ run, graph, open }: { run: Run; graph: RuleGraph; open: boolean }) {
  const { lang, of } = useWords();
  const place = useHome((home) => home.spaces[run.instance] ?? home.devices[run.instance]);
  const now = useNow(60_000);
  return (
    <li>
      <details className={styles.run} open={open}>
        <summary>
          <time dateTime={run.at}>{clock(run.at, now, lang)}</time>
          {place && ` · ${of(nameOf(place.names))}`}
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
