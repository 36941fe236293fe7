// What a rule stands for one by one, and which rooms or devices these are now.

import { useMemo } from "react";
import { useHome } from "../../../state/home";
import { choices, chosen, keyOf } from "../../../state/each";
import { useFlow } from "../../../state/useFlow";
import { Field, form } from "../../../ui/Form";
import type { RuleGraph } from "../../../wire/types";
import { Covered } from "../Covered";

/** What the list says for something that it cannot say itself. */
const OTHER = "other";

export function EachField({ graph, set }: { graph: RuleGraph; set: (graph: RuleGraph) => void }) {
  const f = useFlow();
  const spaces = useHome((home) => home.spaces);
  const devices = useHome((home) => home.devices);
  const keys = useMemo(() => choices({ spaces, devices }), [spaces, devices]);
  const key = keyOf(graph.each) ?? OTHER;
  const label = (key: string) => {
    const [what, name = ""] = key.split(/:(.*)/s);
    if (key === "kind:room" || key === "kind:floor") return f(key === "kind:room" ? "eachRoom" : "eachFloor");
    return f(what === "tag" ? "eachTag" : "eachDevice", { name: name.replaceAll("_", " ") });
  };
  const choose = (key: string) => {
    const { each: _, ...alone } = graph;
    const each = chosen(key);
    set(each ? { ...alone, each } : alone);
  };
  return (
    <div>
      <Field label={f("eachLabel")} hint={f("eachHint")}>
        {(control) => (
          <select {...control} className={form.input} value={key} onChange={(event) => choose(event.target.value)}>
            <option value="">{f("eachNone")}</option>
            {key === OTHER && (
              <option value={OTHER} disabled>
                {f("eachOther")}
              </option>
            )}
            {keys.map((key) => (
              <option key={key} value={key}>
                {label(key)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Covered graph={graph} />
    </div>
  );
}
