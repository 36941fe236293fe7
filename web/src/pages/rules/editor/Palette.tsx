// All kinds of nodes by what they are for; one that is pressed becomes a node of the graph.

import { useMemo, useState } from "react";
import type { Specs } from "../../../state/graph";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { form } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import type { NodeSpec } from "../../../wire/types";
import { iconOf } from "../graph/shown";
import styles from "./Editor.module.css";

const GROUPS = ["source", "condition", "time", "logic", "math", "statistics", "text", "data", "action"] as const;

export function Palette({ specs, add }: { specs: Specs; add: (spec: NodeSpec) => void }) {
  const { of } = useWords();
  const f = useFlow();
  const [text, setText] = useState("");
  const wanted = text.trim().toLowerCase();
  const groups = useMemo(() => {
    const has = (...texts: string[]) => texts.some((one) => one.toLowerCase().includes(wanted));
    const all = [...specs.values()];
    // Who writes a name means that kind; what is only told about a kind counts where no name fits.
    const named = all.filter(({ type, title }) => has(type, title.zh, title.en));
    const kinds = named.length > 0 ? named : all.filter(({ doc }) => has(doc.zh, doc.en));
    return GROUPS.map((group) => ({ group, kinds: kinds.filter((spec) => spec.group === group) })).filter(({ kinds }) => kinds.length > 0);
  }, [specs, wanted]);
  return (
    <section className={styles.palette} aria-label={f("palette")}>
      <input className={form.input} type="search" aria-label={f("paletteSearch")} placeholder={f("paletteSearch")} value={text} onChange={(event) => setText(event.target.value)} />
      {groups.map(({ group, kinds }) => (
        <details key={`${group} ${wanted !== ""}`} open={wanted !== ""}>
          <summary>
            {f(`group_${group}`)} <small>{kinds.length}</small>
          </summary>
          <ul>
            {kinds.map((spec) => (
              <li key={spec.type}>
                <button type="button" title={of(spec.doc)} onClick={() => add(spec)}>
                  <Icon name={iconOf(spec)} size={16} /> {of(spec.title)}
                </button>
              </li>
            ))}
          </ul>
        </details>
      ))}
    </section>
  );
}
