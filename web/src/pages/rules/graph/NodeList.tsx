// The nodes of a graph as a list: what each does, what it carries now, and what leads to it. It says all that the
// drawing shows, in the order in which things happen.

import { useMemo } from "react";
import { clock } from "../../../lib/time";
import { carried, type Figure, portKey, summaryOf } from "../../../state/graph";
import { useFlow } from "../../../state/useFlow";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { Icon } from "../../../ui/Icon";
import styles from "./Graph.module.css";
import { iconOf, type Shown } from "./shown";

export function NodeList(props: Shown) {
  const { figures, placed } = props;
  const f = useFlow();
  const inOrder = useMemo(() => {
    const at = (id: string) => placed.nodes.get(id) ?? { x: 0, y: 0 };
    return [...figures].sort((a, b) => at(a.id).x - at(b.id).x || at(a.id).y - at(b.id).y);
  }, [figures, placed]);
  return (
    <ol className={styles.list} aria-label={f("graphNodes")}>
      {inOrder.map((figure) => (
        <Item key={figure.id} {...props} figure={figure} />
      ))}
    </ol>
  );
}

function Item({ figure, graph, figures, live, errors, specs, here, chosen, choose }: Shown & { figure: Figure }) {
  const { of, lang } = useWords();
  const f = useFlow();
  const now = useNow(10_000);
  const spec = specs.get(figure.node.type);
  const error = errors.get(figure.id);
  const open = chosen === figure.id;
  const titles = (ids: readonly string[]) => [...new Set(ids)].map((id) => figures.find((one) => one.id === id)?.title ?? id).join(lang === "zh" ? "、" : ", ");
  const from = titles(graph.edges.filter(({ to }) => to.node === figure.id).map((edge) => edge.from.node));
  const to = titles(graph.edges.filter((edge) => edge.from.node === figure.id).map((edge) => edge.to.node));
  const values = figure.outs.flatMap(({ name, kind, told }) => {
    const port = live.get(portKey(figure.id, name));
    const value = carried(port, kind, figure.node, here, lang);
    const words = value === "?" ? f("graphValue", { value: f("unknownValue") }) : value ? f("graphValue", { value }) : port?.fired ? f("graphFired", { time: clock(port.fired, now, lang) }) : "";
    return words ? [told ? `${name} ${words}` : words] : [];
  });
  return (
    <li data-failed={error !== undefined}>
      <button type="button" aria-expanded={open} onClick={() => choose(open ? undefined : figure.id)}>
        <Icon name={error ? "alert" : iconOf(spec)} size={17} />
        <span>
          <strong>{figure.title}</strong> {summaryOf(figure.node, graph, here, lang)}
          {values.length > 0 && <span className={styles.now}>{values.join(" · ")}</span>}
          {error && <span className={styles.error}>{f("graphFailed", { what: of(error.text) })}</span>}
        </span>
      </button>
      {open && (
        <div className={styles.about}>
          {spec && <p>{of(spec.doc)}</p>}
          {(from || to) && <p className={styles.ways}>{[from && f("graphFrom", { what: from }), to && f("graphTo", { what: to })].filter(Boolean).join(" · ")}</p>}
        </div>
      )}
    </li>
  );
}
