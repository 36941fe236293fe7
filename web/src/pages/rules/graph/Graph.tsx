// A rule's graph: drawn from left to right with what its ports carry now, and the same as a list beside it.

import { useMemo, useState } from "react";
import { layered } from "../../../lib/layered";
import { errorsOf, figureOf, type Live, type Pulses, SIZES } from "../../../state/graph";
import { useHome } from "../../../state/home";
import { useNodes } from "../../../state/nodes";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Spinner } from "../../../ui/Spinner";
import type { RuleGraph, Trace } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { Drawing } from "./Drawing";
import styles from "./Graph.module.css";
import { NodeList } from "./NodeList";


/** A drawing that is wider has the list below it. */
const BESIDE_PX = 860;

interface Props {
  graph: RuleGraph;
  live: Live;
  pulses?: Pulses;
  /** Its newest steps, for what failed in them. */
  traces?: readonly Trace[] | undefined;
}

export function Graph({ graph, live, pulses, traces = [] }: Props) {
  const { t, lang } = useWords();
  const f = useFlow();
  const { value: specs, failure } = useNodes();
  const devices = useHome((home) => home.devices);
  const spaces = useHome((home) => home.spaces);
  const [chosen, choose] = useState<string>();
  // Names stay as they are while values come; the present points are asked for them once the graph is drawn.
  const here = useMemo(() => ({ devices, spaces, points: useHome.getState().points }), [devices, spaces, graph]);
  const figures = useMemo(() => specs && graph.nodes.map((node) => figureOf(node, graph, specs, here, lang)), [specs, graph, here, lang]);
  const placed = useMemo(() => figures && layered(figures, graph.edges, SIZES), [figures, graph]);
  const errors = useMemo(() => errorsOf(traces), [traces]);
  if (failure) return <Said failure={failure} />;
  if (!figures || !placed || !specs)
    return (
      <p className={styles.waiting} role="status">
        <Spinner size={16} /> {t("loading")}
      </p>
    );
  const shown = { graph, figures, placed, live, pulses, errors, specs, here, chosen, choose };
  return (
    <div className={styles.graph} data-long={placed.width > BESIDE_PX}>
      <Drawing {...shown} label={f("graphOf", { n: figures.length })} />
      <NodeList {...shown} />
    </div>
  );
}
