// "Play until it acts": a copy of the building runs ahead, and this shows what set the rule off, when, and what it did.

import { useEffect, useRef, useState } from "react";
import { clock, span } from "../../lib/time";
import { asked } from "../../state/devices";
import { useHome } from "../../state/home";
import { limitsOf, linesOf, type Limit } from "../../state/traces";
import { useAsked } from "../../state/useAsked";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Choice } from "../../ui/Choice";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import type { Failure } from "../../wire/http";
import * as wire from "../../wire/rules";
import type { Play, RuleGraph } from "../../wire/types";
import { Said } from "../home/devices/Said";
import part from "./Part.module.css";
import styles from "./Rules.module.css";
import { drawable, Timeline } from "./Timeline";

const HOURS = ["24", "48", "168", "336"] as const;
type Hours = (typeof HOURS)[number];
const HOUR_MS = 3_600_000;
/** Courses that are drawn: what the rule looks at comes first. */
const SERIES_MAX = 3;

interface Props {
  rule?: string;
  proposal?: string;
  close: () => void;
}

export function PlayDialog({ rule, proposal, close }: Props) {
  const { t, of } = useWords();
  const waiting = useHome((home) => (proposal ? home.proposals[proposal] : undefined));
  const { value: whole, failure: unread } = useAsked(() => (rule ? wire.rule(rule) : Promise.resolve(undefined)), rule ?? "");
  const graph = waiting && "rule" in waiting.document ? waiting.document.rule : whole?.graph;
  const readback = waiting?.readback ?? whole?.readback;
  const [hours, setHours] = useState<Hours>("48");
  const [state, setState] = useState<{ busy: boolean; play?: Play; failure?: Failure }>({ busy: false });
  const result = useRef<HTMLDivElement>(null);

  const run = async () => {
    setState({ busy: true });
    const answer = await asked(proposal ? wire.playProposal(proposal, Number(hours)) : wire.playRule(rule ?? "", Number(hours)));
    setState("ok" in answer ? { busy: false, play: answer.ok } : { busy: false, failure: answer.failure });
  };
  useEffect(() => {
    if (state.play) result.current?.focus();
  }, [state.play]);

  return (
    <Dialog title={t("playTitle")} leave={t("close")} close={close}>
      <div className={part.part}>
        {readback && <p className={styles.whole}>{of(readback)}</p>}
        <Said failure={unread} />
        <p className={part.quiet}>{t("playCopy")}</p>
        <div className={styles.controls}>
          <Choice label={t("playHours")} options={HOURS.map((key) => ({ key, label: t(`play_${key}`) }))} chosen={hours} choose={setHours} disabled={state.busy} />
          <Button look="main" icon="forward" disabled={state.busy || graph === undefined} onClick={() => void run()}>
            {t(state.play ? "playAgain" : "playStart")}
          </Button>
        </div>
        <Said failure={state.failure} />
        <div ref={result} className={part.result} role="status" tabIndex={-1}>
          {state.busy && (
            <p className={part.running}>
              <Spinner size={18} /> {t("playing")}
            </p>
          )}
          {state.play && graph && <Result play={state.play} graph={graph} hours={Number(hours)} />}
        </div>
      </div>
    </Dialog>
  );
}

function Result({ play, graph, hours }: { play: Play; graph: RuleGraph; hours: number }) {
  const { t, of, lang } = useWords();
  const limits = limitsOf(graph);
  const looked = (one: { point: string }) => Number(!limits.some((limit: Limit) => limit.point === one.point));
  const courses = play.series.filter(drawable).sort((a, b) => looked(a) - looked(b)).slice(0, SERIES_MAX);
  const began = Date.parse(play.began);
  const fired = play.fired && play.fired_at ? play.fired_at : undefined;
  return (
    <>
      <div className={styles.verdict} data-fired={play.fired}>
        <Icon name={play.fired ? "check" : "clock"} size={20} />
        <div>
          <h3>
            {fired ? t("playFired", { time: clock(fired, began, lang) }) : t("playNever", { span: span(hours * HOUR_MS, lang) })}
            {fired && <span className={styles.after}>{t("playAfter", { span: span(Date.parse(fired) - began, lang) })}</span>}
          </h3>
          <p>{of(play.why)}</p>
        </div>
      </div>
      {courses.map((series) => (
        <Timeline key={series.point} play={play} series={series} limits={limits} />
      ))}
      {play.steps.length > 0 && (
        <section className={styles.section}>
          <h3>{t("playSteps")}</h3>
          <ol className={styles.steps}>
            {play.steps.map((step, at) => (
              <li key={at} className={styles.step}>
                <time dateTime={step.at}>{clock(step.at, began, lang)}</time>
                <span>{of(step.text)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
      {play.trace && <Decision play={play} graph={graph} />}
      <Notice tone="plain" icon="shield">
        {t("playNothing")}
      </Notice>
    </>
  );
}

/** The step in which it acted, decision by decision. */
function Decision({ play, graph }: { play: Play; graph: RuleGraph }) {
  const { t, lang } = useWords();
  const { trace } = play;
  if (!trace) return null;
  const lines = linesOf(trace, graph, useHome.getState(), lang);
  return (
    <details className={styles.more}>
      <summary>{t("ruleDecided")}</summary>
      <ul className={styles.lines}>
        {lines.map((line, at) => (
          <li key={at}>{line.text}</li>
        ))}
      </ul>
    </details>
  );
}
