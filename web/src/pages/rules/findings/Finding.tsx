// Something that rules do together: how bad it is, which rules, and a small table of times and values that shows it.

import { useId, useState } from "react";
import { useTasks } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import type { RuleFinding, WitnessStep } from "../../../wire/types";
import styles from "./Findings.module.css";

export function Finding({ finding }: { finding: RuleFinding }) {
  const { t, of } = useWords();
  const f = useFlow();
  const rules = useHome((home) => home.rules);
  const open = useTasks((tasks) => tasks.open);
  const [shown, show] = useState(false);
  const id = useId();
  const witness = finding.witness ?? [];
  return (
    <li className={styles.finding} data-severity={finding.severity}>
      <Icon name="alert" size={18} />
      <div className={styles.what}>
        <p>
          <strong>{f(`found_${finding.kind}`)}</strong> <span className={styles.grade}>{t(`finding_${finding.severity}`)}</span>
          {finding.certainty === "possible" && <span className={styles.grade}>{f("foundPossible")}</span>}
        </p>
        <p>{of(finding.message)}</p>
        <p className={styles.help}>{of(finding.help)}</p>
        <div className={styles.acts}>
          {finding.rules.map(({ rule, name }) =>
            rules[rule] ? (
              <Button key={rule} look="quiet" icon="rule" onClick={() => open({ is: "rule", id: rule })}>
                {of(name) || of(rules[rule].readback)}
              </Button>
            ) : (
              <span key={rule} className={styles.this}>
                {f("foundThis")}
              </span>
            ),
          )}
          {witness.length > 0 && (
            <Button look="quiet" icon="table" aria-expanded={shown} aria-controls={id} onClick={() => show(!shown)}>
              {f(shown ? "witnessHide" : "witnessShow")}
            </Button>
          )}
        </div>
        <div id={id} hidden={!shown}>
          {shown && <Witness steps={witness} />}
        </div>
      </div>
    </li>
  );
}

/** Times and values at which it is so. */
function Witness({ steps }: { steps: readonly WitnessStep[] }) {
  const { of, lang } = useWords();
  const f = useFlow();
  // A witness has a clock of its own, which begins on a Monday at midnight of the site; who reads it is mostly there.
  const time = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en", { weekday: "short", hour: "2-digit", minute: "2-digit", second: "2-digit", hour12: false });
  return (
    <div className={styles.scrolls} data-pans="true" role="group" aria-label={f("witness")} tabIndex={0}>
      <table className={styles.table}>
        <thead>
          <tr>
            {(["witnessAt", "witnessIn", "witnessOut"] as const).map((key) => (
              <th key={key} scope="col">
                {f(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map((step, at) => (
            <tr key={at}>
              <td>{time.format(new Date(step.at))}</td>
              <td>
                {step.inputs?.map((input, place) => <div key={place}>{of(input.words)}</div>)}
                {step.message && <div>{step.message.topic}</div>}
                {!step.inputs?.length && !step.message && "–"}
              </td>
              <td>{step.actions?.length ? step.actions.map((action, place) => <div key={place}>{of(action.words)}</div>) : "–"}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
