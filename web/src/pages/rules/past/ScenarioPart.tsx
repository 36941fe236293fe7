// The time machine: somebody writes times and values into a table, and sees row by row what the rule does with them.

import { useMemo, useState } from "react";
import { type Grid, gridText } from "../../../lib/grid";
import { asked } from "../../../state/devices";
import { liveOf } from "../../../state/graph";
import { useHome } from "../../../state/home";
import { firstGrid } from "../../../state/scenario";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Choice } from "../../../ui/Choice";
import { Field, form } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { Notice } from "../../../ui/Notice";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import * as wire from "../../../wire/ruleTests";
import type { RuleGraph, ScenarioRun, ScenarioStep } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { Graph } from "../graph/Graph";
import part from "../Part.module.css";
import styles from "./Past.module.css";
import { TableGrid } from "./TableGrid";

type Way = "grid" | "text";

export function ScenarioPart({ graph }: { graph: RuleGraph }) {
  const { of } = useWords();
  const f = useFlow();
  const [way, setWay] = useState<Way>("grid");
  const [grid, setGrid] = useState<Grid>(() => firstGrid(graph, useHome.getState().points));
  const [text, setText] = useState("");
  const [state, setState] = useState<{ busy: boolean; done?: ScenarioRun; failure?: Failure }>({ busy: false });
  const choose = (next: Way) => {
    if (next === "text") setText(gridText(grid));
    setWay(next);
  };
  const run = async () => {
    setState({ busy: true });
    const answer = await asked(wire.scenario(graph, way === "grid" ? gridText(grid) : text));
    setState("ok" in answer ? { busy: false, done: answer.ok } : { busy: false, failure: answer.failure });
  };
  // Faults and what differs name a row and a column: `/rows/3/2`.
  const wrong = [...(state.failure?.diagnostics ?? []), ...(state.done?.differs ?? [])];
  const faults = (row: number, column: number) => wrong.filter(({ path }) => path === `/rows/${row}/${column}` || (column === 0 && path === `/rows/${row}`)).map(({ message }) => of(message));
  return (
    <div className={part.part}>
      <p className={part.quiet}>{f("tableCopy")}</p>
      <Choice label={f("tableEdit")} options={[{ key: "grid", label: f("tableAsGrid") }, { key: "text", label: f("tableAsText") }]} chosen={way} choose={choose} disabled={state.busy} />
      {way === "grid" ? (
        <TableGrid grid={grid} set={setGrid} faults={faults} />
      ) : (
        <Field label={f("tableText")}>{(control) => <textarea {...control} className={`${form.input} ${form.code}`} rows={8} spellCheck={false} value={text} onChange={(event) => setText(event.target.value)} />}</Field>
      )}
      <div>
        <Button look="main" icon="play" disabled={state.busy} onClick={() => void run()}>
          {f(state.busy ? "tableRunning" : "tableRun")}
        </Button>
      </div>
      <Said failure={state.failure} />
      <div className={part.result} role="status">
        {state.busy && <Spinner size={18} />}
        {state.done && <Result run={state.done} graph={graph} />}
      </div>
    </div>
  );
}

function Result({ run, graph }: { run: ScenarioRun; graph: RuleGraph }) {
  const { of } = useWords();
  const f = useFlow();
  const [at, setAt] = useState(() => Math.max(run.steps.findIndex(({ actions }) => actions.length > 0), 0));
  const step = run.steps[at];
  const live = useMemo(() => liveOf(step?.values ?? []), [step]);
  const begun = Date.parse(run.steps[0]?.at ?? "");
  return (
    <>
      <p className={styles.sentence}>{of(run.text)}</p>
      {run.differs.length > 0 && (
        <Notice tone="warn">
          <strong>{f("tableDiffers")}</strong>
          {run.differs.map((one, place) => (
            <div key={place}>{of(one.message)}</div>
          ))}
        </Notice>
      )}
      <h3>{f("tableResult")}</h3>
      <ol className={styles.moments}>
        {run.steps.map((one, place) => (
          <Moment key={place} step={one} begun={begun} chosen={place === at} choose={() => setAt(place)} />
        ))}
      </ol>
      {step && <Graph graph={graph} live={live} traces={step.traces} />}
    </>
  );
}

/** `m:ss` or `h:mm:ss` after the beginning. */
function after(ms: number): string {
  const seconds = Math.round(ms / 1_000);
  const two = (n: number) => String(n).padStart(2, "0");
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

function Moment({ step, begun, chosen, choose }: { step: ScenarioStep; begun: number; chosen: boolean; choose: () => void }) {
  const { of } = useWords();
  const f = useFlow();
  const time = after(Date.parse(step.at) - begun);
  const acts = step.actions.length > 0;
  return (
    <li data-acts={acts}>
      <button type="button" aria-pressed={chosen} title={f("tableStep", { time })} onClick={choose}>
        <span className={styles.when}>{time}</span>
        <span className={part.quiet}>{step.row ? f("tableRow", { n: step.row }) : f("tableBetween")}</span>
        <span>
          {acts ? (
            step.actions.map((action, at) => (
              <span key={at} className={styles.act}>
                <Icon name="arrow" size={15} /> {of(action.text)}
              </span>
            ))
          ) : (
            <span className={part.quiet}>{f("tableNothing")}</span>
          )}
        </span>
      </button>
    </li>
  );
}
