// A rule that came from elsewhere: what it does in words and as a drawing, what the compiler says, and the ways on.

import { useState } from "react";
import { useTasks } from "../../../state/devices";
import { proposeRule } from "../../../state/rules";
import { useFlow } from "../../../state/useFlow";
import { useView } from "../../../state/view";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { form } from "../../../ui/Form";
import { Notice } from "../../../ui/Notice";
import { asFailure, type Failure } from "../../../wire/http";
import type { ImportedRule } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { Graph } from "../graph/Graph";
import styles from "./Exchange.module.css";

const NOTHING_YET = new Map();

export function Found({ rule }: { rule: Pick<ImportedRule, "graph" | "readback" | "diagnostics"> }) {
  const { of } = useWords();
  const f = useFlow();
  const open = useTasks((tasks) => tasks.open);
  const [drawn, draw] = useState(false);
  const [state, setState] = useState<{ busy?: boolean; done?: boolean; failure?: Failure }>({});
  // What is read is a draft; what is proposed shall act once somebody has approved it.
  const graph = { ...rule.graph, state: "live" as const };
  const propose = async () => {
    setState({ busy: true });
    try {
      await proposeRule(graph);
      setState({ done: true });
    } catch (thrown) {
      setState({ failure: asFailure(thrown) });
    }
  };
  const wrong = rule.diagnostics.some(({ severity }) => severity === "error");
  return (
    <li className={styles.rule}>
      <h4>{of(graph.name)}</h4>
      <p>{of(rule.readback)}</p>
      {rule.diagnostics.map((one, at) => (
        <p key={at} className={styles.fault} data-severity={one.severity}>
          {of(one.message)} {one.help && of(one.help)}
        </p>
      ))}
      <details onToggle={(event) => draw(event.currentTarget.open)}>
        <summary>{f("part_graph")}</summary>
        {drawn && <Graph graph={graph} live={NOTHING_YET} />}
      </details>
      <Said failure={state.failure} />
      {state.done ? (
        <Notice tone="plain" icon="check" act={<Waiting />}>
          {f("foundProposed")}
        </Notice>
      ) : (
        <div className={form.acts}>
          <Button look="main" icon="check" disabled={state.busy || wrong} onClick={() => void propose()}>
            {f("editorPropose")}
          </Button>
          <Button icon="pencil" onClick={() => open({ is: "editor", graph })}>
            {f("foundChange")}
          </Button>
        </div>
      )}
    </li>
  );
}

/** The way to what waits for approval. */
function Waiting() {
  const f = useFlow();
  const close = useTasks((tasks) => tasks.close);
  const show = useView((view) => view.show);
  return (
    <Button
      look="quiet"
      icon="arrow"
      onClick={() => {
        close();
        show("proposals");
      }}
    >
      {f("foundShow")}
    </Button>
  );
}
