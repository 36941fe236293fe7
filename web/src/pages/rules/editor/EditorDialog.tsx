// A rule that is written or changed node by node. The drawing follows; the server's compiler says what is wrong while one
// writes, at the node that it is about. What is saved is a proposal like any other.

import { useEffect, useMemo, useState } from "react";
import { freeId, newId, placeOf, withNode } from "../../../lib/draft";
import { layered } from "../../../lib/layered";
import { begun as blankOf, partOf, type Schema } from "../../../lib/schema";
import { asked } from "../../../state/devices";
import { figureOf, SIZES, type Specs } from "../../../state/graph";
import { useHome } from "../../../state/home";
import { useNodes } from "../../../state/nodes";
import { proposeRule } from "../../../state/rules";
import { useAsked } from "../../../state/useAsked";
import { useFlow } from "../../../state/useFlow";
import { useView } from "../../../state/view";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import { asFailure, type Failure } from "../../../wire/http";
import * as rules from "../../../wire/rules";
import { checked } from "../../../wire/ruleTests";
import type { Diagnostic, NodeSpec, RuleGraph } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import { Drawing } from "../graph/Drawing";
import { EachField } from "./EachField";
import { Palette } from "./Palette";
import { NodeForm } from "./NodeForm";
import part from "../Part.module.css";
import styles from "./Editor.module.css";

/** So long after the last change the draft is checked. */
const CHECK_MS = 500;

interface Props {
  /** The rule that is changed; none for a new one. */
  rule?: string | undefined;
  /** A draft to go on with, such as one that was read from another system. */
  graph?: RuleGraph | undefined;
  close: () => void;
}

function fresh(): RuleGraph {
  const id = newId("ru", Date.now(), crypto.getRandomValues(new Uint8Array(10)));
  return { schemaVersion: 1, id, name: { zh: "", en: "" }, nodes: [], edges: [] };
}

export function EditorDialog({ rule, graph, close }: Props) {
  const { t } = useWords();
  const f = useFlow();
  const { value: specs, failure: unread } = useNodes();
  const { value: begun, failure } = useAsked(() => (rule ? rules.rule(rule).then(({ graph }) => graph) : Promise.resolve(graph ?? fresh())), rule ?? "");
  return (
    <Dialog title={f(rule ? "editorChange" : "editorNew")} leave={t("close")} close={close} wide>
      <Said failure={unread ?? failure} />
      {specs && begun ? <Editor specs={specs} begun={begun} close={close} /> : !unread && !failure && <Spinner />}
    </Dialog>
  );
}

/** What the compiler says of a draft, a little after its last change. */
function useChecked(graph: RuleGraph): readonly Diagnostic[] | undefined {
  const [state, setState] = useState<readonly Diagnostic[]>();
  useEffect(() => {
    if (graph.nodes.length === 0) return setState(undefined);
    let current = true;
    const timer = setTimeout(() => {
      void asked(checked(graph)).then((answer) => {
        if (current && "ok" in answer) setState(answer.ok);
      });
    }, CHECK_MS);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [graph]);
  return state;
}

function Editor({ specs, begun, close }: { specs: Specs; begun: RuleGraph; close: () => void }) {
  const { of } = useWords();
  const f = useFlow();
  const [graph, setGraph] = useState(begun);
  const [chosen, choose] = useState<string>();
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const told = useChecked(graph);
  const found = failure?.diagnostics.length ? failure.diagnostics : (told ?? []);
  const set = (next: RuleGraph) => {
    setGraph(next);
    setFailure(undefined);
  };
  const add = (spec: NodeSpec) => {
    const id = freeId(graph.nodes, spec.type);
    const params = blankOf(partOf(spec.params as Schema, spec.params as Schema));
    set(withNode(graph, { id, type: spec.type, typeVersion: spec.typeVersion, params }));
    choose(id);
  };
  const save = async () => {
    setBusy(true);
    try {
      const changed = await proposeRule({ ...graph, state: graph.state ?? "live", name: namedOf(graph) });
      if (changed.proposals.length > 0) useView.getState().show("proposals");
      close();
    } catch (thrown) {
      setFailure(asFailure(thrown));
    }
    setBusy(false);
  };
  const at = (path: string) => placeOf(graph, path);
  const elsewhere = found.filter(({ path }) => !at(path));
  const faults = (id: string) => (path: string) => found.filter(({ path: whole }) => at(whole)?.node === id && at(whole)?.within === path).map(({ message, help }) => [of(message), help ? of(help) : ""].filter(Boolean).join(" "));
  return (
    <div className={styles.editor}>
      <Head graph={graph} set={set} />
      <div className={styles.bench}>
        <Palette specs={specs} add={add} />
        <div className={styles.middle}>
          <Picture graph={graph} specs={specs} found={found} chosen={chosen} choose={choose} />
          <div className={styles.said} role="status">
            {told?.length === 0 && (
              <p className={styles.right}>
                <Icon name="check" size={17} /> {f("editorRight")}
              </p>
            )}
            {elsewhere.map((one, place) => (
              <p key={place} className={form.fault}>
                {of(one.message)}
              </p>
            ))}
            {found.length > elsewhere.length && <p className={form.fault}>{f("editorFaults", { n: found.length - elsewhere.length })}</p>}
          </div>
          <Said failure={failure} />
          <div className={form.acts}>
            <Button look="main" icon="check" disabled={busy || graph.nodes.length === 0 || (told?.some(({ severity }) => severity === "error") ?? false)} onClick={() => void save()}>
              {f("editorPropose")}
            </Button>
          </div>
        </div>
        {chosen && graph.nodes.some(({ id }) => id === chosen) ? <NodeForm key={chosen} graph={graph} set={set} specs={specs} id={chosen} faults={faults(chosen)} /> : <p className={part.quiet}>{f(graph.nodes.length === 0 ? "editorEmpty" : "editorChoose")}</p>}
      </div>
    </div>
  );
}

/** A rule is named in both languages; one that was not named at all is called after its first and its last node. */
function namedOf({ name, nodes }: RuleGraph): RuleGraph["name"] {
  const ends = [nodes[0], nodes.at(-1)].flatMap((node) => node?.id ?? []).join(" → ");
  return { zh: name.zh || name.en || ends, en: name.en || name.zh || ends };
}

function Head({ graph, set }: { graph: RuleGraph; set: (graph: RuleGraph) => void }) {
  const { lang } = useWords();
  const f = useFlow();
  return (
    <div className={form.pair}>
      <Field label={f("editorName")} hint={f("editorNameHint")}>
        {(control) => <input {...control} className={form.input} value={graph.name[lang]} maxLength={120} onChange={(event) => set({ ...graph, name: { ...graph.name, [lang]: event.target.value } })} />}
      </Field>
      <Field label={f("editorMode")}>
        {(control) => (
          <select {...control} className={form.input} value={graph.mode ?? "single"} onChange={(event) => set({ ...graph, mode: event.target.value as NonNullable<RuleGraph["mode"]> })}>
            {(["single", "restart", "queued", "parallel"] as const).map((mode) => (
              <option key={mode} value={mode}>
                {f(`mode_${mode}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <EachField graph={graph} set={set} />
    </div>
  );
}

/** The draft as it is drawn, with what is wrong at its nodes. */
function Picture({ graph, specs, found, chosen, choose }: { graph: RuleGraph; specs: Specs; found: readonly Diagnostic[]; chosen: string | undefined; choose: (node: string | undefined) => void }) {
  const { lang } = useWords();
  const f = useFlow();
  const here = useMemo(() => useHome.getState(), [graph]);
  const figures = useMemo(() => graph.nodes.map((node) => figureOf(node, graph, specs, here, lang)), [graph, specs, here, lang]);
  const placed = useMemo(() => layered(figures, graph.edges, SIZES), [figures, graph]);
  const errors = new Map(
    found.flatMap(({ code, path, message }) => {
      const place = placeOf(graph, path);
      return place ? [[place.node, { node: place.node, code, text: message }] as const] : [];
    }),
  );
  if (figures.length === 0) return <div className={styles.nothing}>{f("editorNothing")}</div>;
  return (
    <>
      <Drawing {...{ graph, figures, placed, live: new Map(), errors, specs, here, chosen, choose }} label={f("graphOf", { n: figures.length })} />
      <ul className={styles.chips} aria-label={f("graphNodes")}>
        {figures.map((figure) => (
          <li key={figure.id}>
            <button type="button" aria-pressed={chosen === figure.id} data-failed={errors.has(figure.id)} onClick={() => choose(figure.id)}>
              {figure.title} <small>{figure.id}</small>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
