// The rooms or devices that a rule stands for one by one.

import { useMemo } from "react";
import { covered } from "../../state/each";
import { nameOf } from "../../state/building";
import { useHome } from "../../state/home";
import { useFlow } from "../../state/useFlow";
import { useWords } from "../../state/useWords";
import type { RuleGraph } from "../../wire/types";
import part from "./Part.module.css";

/** Names that are listed. */
const LISTED = 12;

export function Covered({ graph }: { graph: RuleGraph }) {
  const { of, lang } = useWords();
  const f = useFlow();
  const spaces = useHome((home) => home.spaces);
  const devices = useHome((home) => home.devices);
  const ids = useMemo(() => (graph.each ? covered(graph.each, { spaces, devices }) : undefined), [graph.each, spaces, devices]);
  if (!ids) return null;
  const names = ids.slice(0, LISTED).map((id) => of(nameOf((spaces[id] ?? devices[id])?.names)));
  const list = names.join(lang === "zh" ? "、" : ", ") + (ids.length > LISTED ? " …" : "");
  return <p className={part.quiet}>{f("eachCovers", { n: ids.length, list })}</p>;
}
