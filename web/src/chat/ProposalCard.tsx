// A proposal: what it would do, what the checks found, who asks and why, and the two answers to it.

import { useState } from "react";
import { tagOf } from "../lib/lang";
import { clock, relative } from "../lib/time";
import { pick } from "../lib/lang";
import { nameOf } from "../state/building";
import { addedDevices, useTasks } from "../state/devices";
import { useHome } from "../state/home";
import { useSession } from "../state/session";
import { decide } from "../state/talk";
import { useNow } from "../state/useNow";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Icon } from "../ui/Icon";
import { Notice } from "../ui/Notice";
import type { Failure } from "../wire/http";
import type { Proposal } from "../wire/types";
import styles from "./ProposalCard.module.css";

/** Devices whose login is offered at once; the others are in the list. */
const LOGINS_MAX = 5;
const APPROVERS = ["owner", "operator"];

export function ProposalCard({ proposal }: { proposal: Proposal }) {
  const { t, of, lang } = useWords();
  const now = useNow(proposal.state === "pending" ? 1_000 : 60_000);
  // The server's clock may be another one, so only the server says that the time is over.
  const { state } = proposal;
  const rule = "rule" in proposal.document ? proposal.document.rule : undefined;
  const kind = rule
    ? "proposalRule"
    : "rule_change" in proposal.document
      ? "proposalRuleChange"
      : "commands" in proposal.document
        ? "proposalCommands"
        : "proposalConfiguration";
  const other = lang === "zh" ? "en" : "zh";
  return (
    <article className={styles.card} data-state={state} aria-label={t(kind)}>
      <header className={styles.head}>
        <span className={styles.mark}>
          <Icon name={rule || kind === "proposalRuleChange" ? "rule" : kind === "proposalConfiguration" ? "cable" : "shield"} size={18} />
        </span>
        <h3>
          {t(kind)}
          {rule && of(rule.name) && <span className={styles.name}>{of(rule.name)}</span>}
        </h3>
        <span className={styles.state}>{t(`proposal_${state}`)}</span>
      </header>

      <p className={styles.readback}>{of(proposal.readback)}</p>
      {proposal.readback.zh !== proposal.readback.en && (
        <details className={styles.other}>
          <summary>{t("otherLanguage")}</summary>
          <p lang={tagOf(other)}>{pick(proposal.readback, other)}</p>
        </details>
      )}

      <Findings proposal={proposal} />

      <dl className={styles.facts}>
        <dt>{t("whyAsked")}</dt>
        <dd>{of(proposal.why)}</dd>
        <dt>{t("safety")}</dt>
        <dd>
          <span className={styles.safety} data-class={proposal.safety}>
            {t(`safety_${proposal.safety}`)}
          </span>
        </dd>
        <dt>{t("askedBy")}</dt>
        <dd>
          {proposal.by.name} · {t(`role_${proposal.by.role}`)}
        </dd>
        {state === "pending" && (
          <>
            <dt>{t("expires")}</dt>
            <dd>
              <time dateTime={proposal.expires} title={clock(proposal.expires, now, lang)}>
                {relative(proposal.expires, now, lang)}
              </time>
            </dd>
          </>
        )}
      </dl>

      {state === "pending" ? (
        <Answers proposal={proposal} />
      ) : (
        <p className={styles.result}>
          <Icon name={state === "approved" ? "check" : state === "rejected" ? "cross" : "clock"} size={17} />
          {t(`proposal_${state}`)}
          {proposal.decided_by && <span className={styles.by}>{t("decidedBy", { name: proposal.decided_by.name })}</span>}
        </p>
      )}
      {state === "approved" && <Logins proposal={proposal} />}
    </article>
  );
}

/** The way to the secrets of devices that were added: they are shown once, at the device itself. */
function Logins({ proposal }: { proposal: Proposal }) {
  const { t, of } = useWords();
  const devices = useHome((home) => home.devices);
  const open = useTasks((tasks) => tasks.open);
  const added = addedDevices(proposal).flatMap((id) => devices[id] ?? []).filter((device) => device.route === "direct" && device.online == null);
  if (added.length === 0) return null;
  return (
    <Notice tone="plain" icon="lock">
      {t("secretAtDevice")}
      <div className={styles.answers}>
        {added.slice(0, LOGINS_MAX).map((device) => (
          <Button key={device.id} look="quiet" icon="arrow" onClick={() => open({ is: "device", id: device.id })}>
            {of(nameOf(device.names))}
          </Button>
        ))}
      </div>
    </Notice>
  );
}

function Findings({ proposal }: { proposal: Proposal }) {
  const { t, of } = useWords();
  if (proposal.diagnostics.length === 0) {
    return (
      <p className={styles.clean}>
        <Icon name="check" size={16} /> {t("noFindings")}
      </p>
    );
  }
  return (
    <ul className={styles.findings} aria-label={t("findings")}>
      {proposal.diagnostics.map((finding, at) => (
        <li key={at} data-severity={finding.severity}>
          <Icon name="alert" size={16} />
          <span>
            <strong>{t(`finding_${finding.severity}`)}</strong> {of(finding.message)}
            {finding.help && <span className={styles.help}>{of(finding.help)}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

function Answers({ proposal }: { proposal: Proposal }) {
  const { t } = useWords();
  const open = useTasks((tasks) => tasks.open);
  const [asking, setAsking] = useState<"approve" | "reject">();
  const [failure, setFailure] = useState<Failure>();
  const role = useSession((door) => (door.phase.is === "in" ? door.phase.session.role : "viewer"));
  if (!APPROVERS.includes(role)) return <Notice tone="plain">{t("mayNotApprove")}</Notice>;

  const answer = async (approve: boolean) => {
    setAsking(approve ? "approve" : "reject");
    setFailure(undefined);
    try {
      await decide(proposal, approve);
    } catch (thrown) {
      setFailure(thrown as Failure);
    }
    setAsking(undefined);
  };
  const blocked = proposal.diagnostics.some((finding) => finding.severity === "error");
  return (
    <>
      <div className={styles.answers}>
        <Button look="main" icon="check" disabled={asking !== undefined || blocked} onClick={() => void answer(true)}>
          {t(asking === "approve" ? "approving" : "approve")}
        </Button>
        <Button disabled={asking !== undefined} onClick={() => void answer(false)}>
          {t(asking === "reject" ? "rejecting" : "reject")}
        </Button>
        {"rule" in proposal.document && (
          <>
            <Button look="quiet" icon="forward" onClick={() => open({ is: "play", proposal: proposal.id })}>
              {t("play")}
            </Button>
            <Button look="quiet" icon="undo" onClick={() => open({ is: "backtest", proposal: proposal.id })}>
              {t("backtest")}
            </Button>
          </>
        )}
      </div>
      {failure && <Notice tone="bad">{failure.said || t(`trouble_${failure.kind}`)}</Notice>}
    </>
  );
}
