// What all rules do together that somebody should know, above their list; and the same of a rule that is only proposed.

import { useState } from "react";
import { useHome } from "../../../state/home";
import { useAsked } from "../../../state/useAsked";
import { useFlow } from "../../../state/useFlow";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import * as wire from "../../../wire/ruleFindings";
import type { RuleGraph } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { Finding } from "./Finding";
import styles from "./Findings.module.css";

/** Findings that are shown before more are asked for. */
const SHOWN = 3;

/** Of the rules in use; nothing while there is nothing to tell. */
export function Findings() {
  const f = useFlow();
  // What rules do together changes when one of them does.
  const key = useHome((home) => Object.values(home.rules).map(({ id, revision, state }) => `${id} ${revision} ${state}`).join());
  const { value: found } = useAsked(wire.ruleFindings, key);
  const [all, setAll] = useState(false);
  if (!found || found.length === 0) return null;
  const shown = all ? found : found.slice(0, SHOWN);
  return (
    <section className={styles.findings} aria-label={f("foundTitle")}>
      <h3>
        {f("foundTitle")} <small>{found.length}</small>
      </h3>
      <ul>
        {shown.map((finding, at) => (
          <Finding key={`${finding.code} ${at}`} finding={finding} />
        ))}
      </ul>
      {shown.length < found.length && (
        <Button look="quiet" icon="more" onClick={() => setAll(true)}>
          {f("foundMore", { n: found.length - shown.length })}
        </Button>
      )}
    </section>
  );
}

/** Of a rule that is not in use yet. */
export function FindingsOf({ graph }: { graph: RuleGraph }) {
  const f = useFlow();
  const { value: found, failure } = useAsked(() => wire.findingsOf(graph), JSON.stringify(graph));
  if (failure) return <Said failure={failure} />;
  return (
    <section className={styles.findings} aria-label={f("foundTitle")} aria-busy={found === undefined}>
      <h3>{f("foundTitle")}</h3>
      {found?.length === 0 && (
        <p className={styles.clean}>
          <Icon name="check" size={17} /> {f("foundNone")}
        </p>
      )}
      {found === undefined && <p className={styles.clean}>{f("foundLooking")}</p>}
      <ul>
        {found?.map((finding, at) => (
          <Finding key={`${finding.code} ${at}`} finding={finding} />
        ))}
      </ul>
    </section>
  );
}
