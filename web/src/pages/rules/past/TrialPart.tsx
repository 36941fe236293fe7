// A rule on trial: what it would have done beside what really happened, and the way to let it act.

import { useState } from "react";
import { clock } from "../../../lib/time";
import { setRuleState } from "../../../state/rules";
import { useFlow } from "../../../state/useFlow";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import * as wire from "../../../wire/ruleTests";
import type { Rule, RuleState, ShadowKind, ShadowReport } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { useMayControl } from "../../home/controls/useCommand";
import { useFresh } from "../useFresh";
import part from "../Part.module.css";
import styles from "./Past.module.css";

const KINDS: readonly ShadowKind[] = ["agreed", "already", "different", "extra", "missing", "shown", "open"];
/** Entries that are shown. */
const ENTRIES_SHOWN = 40;

export function TrialPart({ rule }: { rule: Rule }) {
  const { t, of, lang } = useWords();
  const f = useFlow();
  const now = useNow(60_000);
  const { value: report, failure } = useFresh(() => wire.shadow(rule.id), `${rule.id} ${rule.state}`);
  const never = failure?.status === 404;
  return (
    <div className={part.part}>
      <p className={part.quiet}>{f("trialCopy")}</p>
      <Switching rule={rule} />
      {failure && !never && !report && <Said failure={failure} />}
      {never && <p className={part.quiet}>{f("trialNone")}</p>}
      {!report && !failure && (
        <p className={part.running} role="status">
          <Spinner size={16} /> {t("loading")}
        </p>
      )}
      {report && (
        <>
          <p className={styles.sentence}>{of(report.text)}</p>
          <p className={part.quiet}>{f("trialSince", { time: clock(report.since, now, lang) })}</p>
          <Counts report={report} />
          <Entries report={report} now={now} />
        </>
      )}
    </div>
  );
}

/** Onto trial, and from there to where it acts; the second is asked twice. */
function Switching({ rule }: { rule: Rule }) {
  const f = useFlow();
  const may = useMayControl();
  const [sure, setSure] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const become = async (state: RuleState) => {
    setBusy(true);
    setFailure(undefined);
    try {
      await setRuleState(rule.id, state);
    } catch (thrown) {
      setFailure(thrown as Failure);
    }
    setBusy(false);
    setSure(false);
  };
  if (!may) return null;
  return (
    <div className={styles.ask}>
      {rule.state === "shadow" ? (
        <Button look="main" icon={sure ? "check" : "forward"} disabled={busy} onClick={() => (sure ? void become("live") : setSure(true))}>
          {f(sure ? "trialReally" : "trialPromote")}
        </Button>
      ) : (
        <Button icon="shield" disabled={busy} onClick={() => void become("shadow")}>
          {f("trialStart")}
        </Button>
      )}
      <Said failure={failure} />
    </div>
  );
}

const countOf = (report: ShadowReport, kind: ShadowKind) => report[kind];

function Counts({ report }: { report: ShadowReport }) {
  const f = useFlow();
  const known = KINDS.filter((kind) => countOf(report, kind) > 0);
  if (known.length === 0) return <p className={part.quiet}>{f("trialNothing")}</p>;
  return (
    <>
      <div className={styles.bar} aria-hidden="true">
        {known.map((kind) => (
          <i key={kind} data-kind={kind} style={{ flexGrow: countOf(report, kind) }} />
        ))}
      </div>
      <ul className={styles.kinds}>
        {known.map((kind) => (
          <li key={kind}>
            <i data-kind={kind} /> {f(`kind_${kind}`)} <strong>{countOf(report, kind)}</strong>
          </li>
        ))}
      </ul>
    </>
  );
}

function Entries({ report, now }: { report: ShadowReport; now: number }) {
  const { of, lang } = useWords();
  const f = useFlow();
  if (report.entries.length === 0) return null;
  return (
    <>
      <h3>{f("trialEntries")}</h3>
      <ol className={styles.entries}>
        {report.entries.slice(0, ENTRIES_SHOWN).map((entry, at) => (
          <li key={`${entry.at} ${at}`}>
            <time dateTime={entry.at}>{clock(entry.at, now, lang)}</time>
            <span className={styles.kind}>{f(`kind_${entry.kind}`)}</span>
            <span>{of(entry.text)}</span>
          </li>
        ))}
      </ol>
      {report.forgotten > 0 && <p className={part.quiet}>{f("trialForgotten", { n: report.forgotten })}</p>}
    </>
  );
}
