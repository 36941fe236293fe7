// One turn: what was said, how it is worked on, and everything that came of it.

import { memo, useState } from "react";
import { pick, tagOf } from "../lib/lang";
import { says } from "../lib/speech";
import { clock } from "../lib/time";
import { toolWords } from "../lib/words";
import { useTasks } from "../state/devices";
import { useHome } from "../state/home";
import { isBusy, say, undo, useTalk } from "../state/talk";
import type { Step, Trouble, Turn } from "../state/turns";
import { useNow } from "../state/useNow";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import { Spinner } from "../ui/Spinner";
import { ChartCard } from "./ChartCard";
import { FrameTable } from "./FrameTable";
import { ManualLink } from "./HelpLink";
import { IRead, Marked } from "./IRead";
import { ProposalCard } from "./ProposalCard";
import { Question } from "./Question";
import { Receipts } from "./Receipts";
import { Refusal } from "./Refusal";
import styles from "./TurnView.module.css";

export const TurnView = memo(function TurnView({ turn }: { turn: Turn }) {
  const { t } = useWords();
  const last = useTalk((talk) => talk.turns.at(-1)?.key === turn.key);
  const proposals = useHome((home) => home.proposals);
  const waiting = turn.phase === "waiting";
  const [pointed, setPointed] = useState<number>();
  // The card says what the text said, and more; the text is shown where it has something of its own to say.
  const first = turn.proposals.length === 1 && turn.commands.length + turn.questions.length + turn.refusals.length === 0 ? proposals[turn.proposals[0] ?? ""] : undefined;
  const inCard = first !== undefined && says(turn.text, pick(first.readback, turn.lang));
  return (
    <li className={styles.turn}>
      <div className={styles.said}>
        <span className={styles.hidden}>{t("you")}: </span>
        <p lang={tagOf(turn.lang)}>
          <Marked said={turn.said} span={turn.words[pointed ?? -1]?.span} />
        </p>
      </div>
      <div className={styles.answer} aria-busy={waiting}>
        {waiting && turn.steps.length === 0 ? (
          <p className={styles.status} role="status">
            <Spinner size={14} /> {t("thinking")}
          </p>
        ) : (
          <Steps steps={turn.steps} />
        )}
        {turn.text && !inCard && (
          <p className={styles.text} lang={tagOf(turn.lang)}>
            {turn.text}
          </p>
        )}
        {turn.frames.map((frame, at) => (
          <FrameTable key={at} frame={frame} />
        ))}
        {turn.charts.map((chart, at) => (
          <ChartCard key={at} chart={chart} />
        ))}
        {turn.links.length > 0 && (
          <ul className={styles.links} aria-label={t("readMore")}>
            {turn.links.map((link) => (
              <li key={link.url}>
                <ManualLink url={link.url}>{link.title}</ManualLink>
              </li>
            ))}
          </ul>
        )}
        <Receipts commands={turn.commands} label="receipts" />
        {turn.proposals.map((id) => {
          const proposal = proposals[id];
          return proposal && <ProposalCard key={id} proposal={proposal} />;
        })}
        {turn.questions.map((question, at) => (
          <Question key={at} question={question} open={last && !waiting} spoken={turn.text} />
        ))}
        {turn.refusals.map((refusal, at) => (
          <Refusal key={at} refusal={refusal} spoken={turn.text} />
        ))}
        <IRead said={turn.said} words={turn.words} pointed={pointed} onPoint={setPointed} />
        {turn.trouble && <Broken turn={turn} trouble={turn.trouble} />}
        {!waiting && <Foot turn={turn} />}
      </div>
    </li>
  );
});

function Steps({ steps }: { steps: readonly Step[] }) {
  const { t, of } = useWords();
  if (steps.length === 0) return null;
  return (
    <ul className={styles.steps} aria-label={t("steps")}>
      {steps.map((step) => (
        <li key={step.id} className={styles[step.phase]}>
          {step.phase === "start" ? <Spinner size={13} /> : <Icon name={step.phase === "done" ? "check" : "cross"} size={14} />}
          <span>
            {of(toolWords(step.name))}
            {step.summary && ` · ${step.summary}`}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Broken({ turn, trouble }: { turn: Turn; trouble: Trouble }) {
  const { t } = useWords();
  const busy = useTalk(isBusy);
  return (
    <Notice
      tone={trouble.kind === "stopped" ? "plain" : "bad"}
      icon={trouble.kind === "stopped" ? "stop" : "alert"}
      act={
        <Button look="quiet" disabled={busy} onClick={() => void say(turn.said)}>
          {t("again")}
        </Button>
      }
    >
      {trouble.said || t(`trouble_${trouble.kind}`)}
    </Notice>
  );
}

function Foot({ turn }: { turn: Turn }) {
  const { t, lang } = useWords();
  const now = useNow(60_000);
  const open = useTasks((tasks) => tasks.open);
  return (
    <div className={styles.foot}>
      {turn.canUndo && (
        <Button look="quiet" icon={turn.undo === "done" ? "check" : "undo"} disabled={turn.undo !== "no"} onClick={() => void undo(turn)}>
          {t(turn.undo === "done" ? "undone" : turn.undo === "asking" ? "undoing" : "undo")}
        </Button>
      )}
      <Button look="quiet" icon="pin" onClick={() => open({ is: "pins", said: turn.said })}>
        {t("pinAsTest")}
      </Button>
      <time dateTime={new Date(turn.at).toISOString()}>{clock(turn.at, now, lang)}</time>
      {turn.undone.length > 0 && (
        <div className={styles.undone}>
          <Receipts commands={turn.undone} label="undoReceipts" />
        </div>
      )}
      {turn.undoTrouble && <Notice tone="bad">{turn.undoTrouble.said || t(`trouble_${turn.undoTrouble.kind}`)}</Notice>}
    </div>
  );
}
