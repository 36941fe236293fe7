// What a rule would have done in the past: a sentence, figures, its course beside the real one, and every firing.

import { useEffect, useMemo, useRef, useState } from "react";
import { clock } from "../../../lib/time";
import { asked } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { limitsOf, pointWords, words } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Choice } from "../../../ui/Choice";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import * as wire from "../../../wire/ruleTests";
import type { Backtest, Firing, FiringAction, RuleGraph } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { Courses } from "./Courses";
import part from "../Part.module.css";
import styles from "./Past.module.css";

const DAYS = ["1", "7", "30"] as const;
type Days = (typeof DAYS)[number];
/** Firings that are listed before more are asked for. */
const FIRINGS_SHOWN = 12;
/** Points that are drawn: what is written, then what is read. */
const DRAWN_MAX = 5;

interface Props {
  rule?: string | undefined;
  proposal?: string | undefined;
  graph: RuleGraph | undefined;
}

export function BacktestPart({ rule, proposal, graph }: Props) {
  const f = useFlow();
  const [days, setDays] = useState<Days>("30");
  const [state, setState] = useState<{ busy: boolean; done?: Backtest; failure?: Failure }>({ busy: false });
  const result = useRef<HTMLDivElement>(null);
  const run = async () => {
    setState({ busy: true });
    const answer = await asked(proposal ? wire.backtestProposal(proposal, Number(days)) : wire.backtestRule(rule ?? "", Number(days)));
    setState("ok" in answer ? { busy: false, done: answer.ok } : { busy: false, failure: answer.failure });
  };
  useEffect(() => {
    if (state.done) result.current?.focus({ preventScroll: true });
  }, [state.done]);
  return (
    <div className={part.part}>
      <p className={part.quiet}>{f("backtestCopy")}</p>
      <div className={styles.ask}>
        <Choice label={f("backtestDays")} options={DAYS.map((key) => ({ key, label: f(`days_${key}`) }))} chosen={days} choose={setDays} disabled={state.busy} />
        <Button look="main" icon="undo" disabled={state.busy || !graph} onClick={() => void run()}>
          {f(state.done ? "backtestAgain" : "backtestStart")}
        </Button>
      </div>
      <Said failure={state.failure} />
      <div ref={result} className={part.result} role="status" tabIndex={-1}>
        {state.busy && (
          <p className={part.running}>
            <Spinner size={18} /> {f("backtesting")}
          </p>
        )}
        {state.done && graph && <Result result={state.done} graph={graph} />}
      </div>
    </div>
  );
}

function Result({ result, graph }: { result: Backtest; graph: RuleGraph }) {
  const { of } = useWords();
  const f = useFlow();
  const limits = useMemo(() => limitsOf(graph), [graph]);
  const drawn = result.points.filter(({ samples, gaps }) => samples > 0 || gaps.length > 0).slice(0, DRAWN_MAX);
  return (
    <>
      <p className={styles.sentence}>{of(result.text)}</p>
      <Figures result={result} />
      {drawn.length > 0 && (
        <>
          <ul className={styles.key} aria-hidden="true">
            {(["real", "would", "firing", "gap"] as const).map((look) => (
              <li key={look}>
                <i data-look={look} /> {f(({ real: "courseReal", would: "courseWould", firing: "courseFiring", gap: "courseGap" } as const)[look])}
              </li>
            ))}
          </ul>
          {drawn.map((point) => (
            <Courses key={point.point} result={result} of={point} limits={limits} />
          ))}
        </>
      )}
      <Firings result={result} />
      {result.notes.length > 0 && (
        <ul className={styles.notes}>
          {result.notes.map((note) => (
            <li key={note.code}>
              <Icon name="book" size={15} /> {of(note.text)}
            </li>
          ))}
        </ul>
      )}
      {result.energy && <p className={part.quiet}>{[result.energy.source === "assumed" && f("energyAssumed"), result.energy.unknown > 0 && f("energyUnknown", { n: result.energy.unknown })].filter(Boolean).join(" · ")}</p>}
      <p className={part.quiet}>{f("backtestTook", { samples: result.samples, steps: result.steps, ms: result.took_ms })}</p>
    </>
  );
}

const inHours = (ms: number) => Math.round(ms / 360_000) / 10;
const rounded = (n: number) => Math.round(n * 10) / 10;

/** The figures before and after, of the points that it writes all together. */
function Figures({ result }: { result: Backtest }) {
  const { lang } = useWords();
  const f = useFlow();
  const written = result.points.filter(({ after }) => after);
  const sum = (of: (point: Backtest["points"][number]) => number) => written.reduce((all, point) => all + of(point), 0);
  const { energy } = result;
  const money = energy && new Intl.NumberFormat(lang === "zh" ? "zh-CN" : "en", { style: "currency", currency: energy.currency, signDisplay: "exceptZero" });
  const figures: { name: string; value: string }[] = [
    { name: f("figFired"), value: f("figTimes", { n: result.fired }) },
    { name: f("figIdle"), value: `${result.idle} / ${result.actions}` },
    ...(result.errors > 0 ? [{ name: f("figErrors"), value: f("figTimes", { n: result.errors }) }] : []),
    ...(written.length > 0
      ? [
          { name: f("figChanges"), value: f("figBeforeAfter", { before: sum(({ before }) => before.changes), after: sum(({ after }) => after?.changes ?? 0) }) },
          { name: f("figOn"), value: f("hours", { n: f("figBeforeAfter", { before: inHours(sum(({ before }) => before.on_ms)), after: inHours(sum(({ after }) => after?.on_ms ?? 0)) }) }) },
        ]
      : []),
    ...(energy && money
      ? [
          { name: f("figEnergy"), value: f("figBeforeAfter", { before: rounded(energy.before_kwh), after: rounded(energy.after_kwh) }) },
          { name: f("figCost"), value: money.format(energy.cost) },
        ]
      : []),
  ];
  return (
    <dl className={styles.figures}>
      {figures.map(({ name, value }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Firings({ result }: { result: Backtest }) {
  const f = useFlow();
  const [all, setAll] = useState(false);
  if (result.firings.length === 0) return <p className={part.quiet}>{f("backtestNone")}</p>;
  const newest = [...result.firings].reverse();
  const shown = all ? newest : newest.slice(0, FIRINGS_SHOWN);
  return (
    <>
      <h3>{f("firings")}</h3>
      <div className={styles.scrolls} data-pans="true" tabIndex={0} role="group" aria-label={f("firings")}>
        <table className={styles.table}>
          <thead>
            <tr>
              {(["firingAt", "firingWhy", "firingWhat", "firingReally"] as const).map((key) => (
                <th key={key} scope="col">
                  {f(key)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((firing) => (
              <Row key={firing.at} firing={firing} />
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < newest.length && (
        <div>
          <Button icon="more" onClick={() => setAll(true)}>
            {f("moreFirings", { n: newest.length })}
          </Button>
        </div>
      )}
    </>
  );
}

function Row({ firing }: { firing: Firing }) {
  const { of, lang } = useWords();
  const f = useFlow();
  const here = useHome.getState();
  const now = Date.now();
  const really = (action: FiringAction) => {
    if (action.idle) return f("firingIdle");
    const was = action.point && action.really != null ? words(here.points[action.point], action.really, lang) : "–";
    return action.later ? `${was} · ${f("firingLater", { time: clock(action.later, Date.parse(firing.at), lang) })}` : was;
  };
  const { trigger } = firing;
  return (
    <tr>
      <td>{clock(firing.at, now, lang)}</td>
      <td>{trigger ? `${of(pointWords(here, trigger.point))} ${words(here.points[trigger.point], trigger.value, lang)}` : f("firingTime")}</td>
      <td>
        {firing.actions.map((action, at) => (
          <div key={at}>{of(action.text)}</div>
        ))}
      </td>
      <td>
        {firing.actions.map((action, at) => (
          <div key={at}>{really(action)}</div>
        ))}
      </td>
    </tr>
  );
}
