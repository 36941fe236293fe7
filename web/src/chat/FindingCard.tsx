// One thing that the last 30 days show, with its evidence day by day, what it costs, and the rule that would mend it.

import { useEffect, useMemo, useState } from "react";
import { type Day, hoursByDay } from "../lib/daily";
import { tagOf } from "../lib/lang";
import { first, propose, putAside, useFindings, watch } from "../state/findings";
import { useHome } from "../state/home";
import { useSession } from "../state/session";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import type { Failure } from "../wire/http";
import type { Finding } from "../wire/types";
import styles from "./FindingCard.module.css";
import { ProposalCard } from "./ProposalCard";

/** The finding, the progress while the past is written, or nothing. */
export function FindingSlot() {
  const findings = useFindings();
  useEffect(watch, []);
  const finding = first(findings);
  if (finding) return <FindingCard finding={finding} proposal={findings.proposed[finding.id]} />;
  if (findings.progress?.state === "running") return <Writing done={findings.progress.done} total={findings.progress.total} />;
  return null;
}

function Writing({ done, total }: { done: number; total: number }) {
  const { t } = useWords();
  return (
    <div className={styles.writing}>
      <label>
        <span>{t("pastWriting", { done, total })}</span>
        <progress value={done} max={Math.max(total, 1)} />
      </label>
    </div>
  );
}

function FindingCard({ finding, proposal }: { finding: Finding; proposal: string | undefined }) {
  const { t, of, lang } = useWords();
  const known = useHome((home) => (proposal ? home.proposals[proposal] : undefined));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const may = useSession((door) => door.phase.is === "in" && door.phase.session.role !== "viewer");
  const money = useMemo(() => new Intl.NumberFormat(tagOf(lang), { style: "currency", currency: finding.cost.currency }), [lang, finding.cost.currency]);
  const number = useMemo(() => new Intl.NumberFormat(tagOf(lang), { maximumFractionDigits: 1 }), [lang]);
  const ask = async () => {
    setBusy(true);
    setFailure(await propose(finding));
    setBusy(false);
  };
  return (
    <article className={styles.card} aria-label={of(finding.title)}>
      <header className={styles.head}>
        <span className={styles.mark}>
          <Icon name="search" size={18} />
        </span>
        <div>
          <p className={styles.from}>{t("findingFrom")}</p>
          <h2>{of(finding.title)}</h2>
        </div>
      </header>
      <p className={styles.text}>{of(finding.text)}</p>
      <Bars finding={finding} />
      <dl className={styles.facts}>
        <div>
          <dt>{t("findingHours")}</dt>
          <dd>{t("findingHoursOf", { n: number.format(finding.hours) })}</dd>
        </div>
        <div>
          <dt>{t("findingEnergy")}</dt>
          <dd>
            {number.format(finding.energy.kwh)} kWh
            {finding.energy.source === "assumed" && <small>{t("findingAssumed")}</small>}
          </dd>
        </div>
        <div>
          <dt>{t("findingCost")}</dt>
          <dd>
            {money.format(finding.cost.amount)}
            <small>{t("findingTariff", { price: money.format(finding.cost.per_kwh) })}</small>
          </dd>
        </div>
      </dl>
      {known ? (
        <ProposalCard proposal={known} />
      ) : (
        <>
          <p className={styles.remedy}>
            <Icon name="rule" size={17} />
            <span>{of(finding.readback)}</span>
          </p>
          <div className={styles.acts}>
            {may && (
              <Button look="main" icon="rule" disabled={busy} onClick={() => void ask()}>
                {t("findingPropose")}
              </Button>
            )}
            <Button look="quiet" onClick={() => putAside(finding.id)}>
              {t("findingAside")}
            </Button>
          </div>
          {failure && <Notice tone="bad">{failure.said || t(`trouble_${failure.kind}`)}</Notice>}
        </>
      )}
    </article>
  );
}

/** The days of which the evidence tells: not those before the oldest piece, where only the newest are given. */
function stretch({ evidence, times, looked_at }: Finding): Finding["looked_at"] {
  const oldest = evidence.map(({ from }) => from).sort()[0];
  return evidence.length < times && oldest ? { ...looked_at, from: oldest } : looked_at;
}

/** How wide and high the bars are drawn; the picture is scaled to its place. */
const BAR = 10;
const GAP = 4;
const HEIGHT = 64;

function Bars({ finding }: { finding: Finding }) {
  const { t, lang } = useWords();
  const days = useMemo(() => hoursByDay(finding.evidence, stretch(finding)), [finding]);
  const most = Math.max(...days.map((day) => day.hours), 1);
  const date = new Intl.DateTimeFormat(tagOf(lang), { month: "short", day: "numeric" });
  const told = (day: Day) => t("findingDay", { day: date.format(day.start), n: Math.round(day.hours * 10) / 10 });
  const [head, last] = [days[0], days.at(-1)];
  const largest = days.reduce((best, day) => (day.hours > best.hours ? day : best), days[0] ?? { start: 0, hours: 0 });
  return (
    <figure className={styles.bars}>
      <figcaption>{t("findingByDay")}</figcaption>
      <svg viewBox={`0 0 ${days.length * (BAR + GAP) - GAP} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={`${t("findingByDay")}: ${t("findingMost", { what: told(largest) })}`}>
        {days.map((day, at) => {
          const high = Math.max((day.hours / most) * (HEIGHT - 2), day.hours > 0 ? 2 : 0.75);
          return (
            <rect key={day.start} data-any={day.hours > 0} x={at * (BAR + GAP)} y={HEIGHT - high} width={BAR} height={high} rx={1.5}>
              <title>{told(day)}</title>
            </rect>
          );
        })}
      </svg>
      <div className={styles.ends}>
        <span>{head && date.format(head.start)}</span>
        <span>{last && date.format(last.start)}</span>
      </div>
    </figure>
  );
}
