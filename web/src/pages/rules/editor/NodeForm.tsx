// The node that is chosen: what it is, its parameters, and what leads to each of its inputs.

import { useState } from "react";
import { circles, type End, nextInput, withoutNode, withParams, withSource } from "../../../lib/draft";
import { type Json, partOf, type Schema } from "../../../lib/schema";
import { inputsOf, isEvent, outputsOf, type Port, type Specs, titleOf } from "../../../state/graph";
import { useHome } from "../../../state/home";
import { sourceOf } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Field, form } from "../../../ui/Form";
import type { NodeSpec, RuleGraph } from "../../../wire/types";
import { SchemaForm } from "../../home/devices/SchemaForm";
import part from "../Part.module.css";
import styles from "./Editor.module.css";
import { ownOf } from "./params";

interface Props {
  graph: RuleGraph;
  set: (graph: RuleGraph) => void;
  specs: Specs;
  id: string;
  /** What is wrong within the parameters, by place. */
  faults: (path: string) => string[];
}

export function NodeForm({ graph, set, specs, id, faults }: Props) {
  const { of, lang } = useWords();
  const f = useFlow();
  const node = graph.nodes.find((one) => one.id === id);
  const source = node && sourceOf(graph, node.id);
  const measured = useHome((home) => (source ? home.points[source] : undefined));
  if (!node) return null;
  const spec = specs.get(node.type);
  return (
    <section className={styles.node} aria-label={titleOf(node, spec, lang)}>
      <h3>{titleOf(node, spec, lang)}</h3>
      {spec && <About doc={of(spec.doc)} />}
      {faults("").length > 0 && (
        <p className={form.fault} role="alert">
          {faults("").join(" ")}
        </p>
      )}
      {spec && spec.inputs.length > 0 && <Inputs graph={graph} set={set} specs={specs} spec={spec} id={id} />}
      {spec && (
        <div className={form.form}>
          <SchemaForm part={partOf(spec.params as Schema, spec.params as Schema)} value={(node.params ?? {}) as Json} set={(params) => set(withParams(graph, id, (params ?? {}) as { [key: string]: Json }))} path="" faults={faults} own={ownOf(node.params ?? {}, measured)} />
        </div>
      )}
      <div>
        <Button icon="trash" onClick={() => set(withoutNode(graph, id))}>
          {f("editorRemove")}
        </Button>
      </div>
    </section>
  );
}

/** The first sentence of what it does, and the others for who wants to read on. */
function About({ doc }: { doc: string }) {
  const { t } = useWords();
  const [first = doc] = /^.*?(?:[.!?](?=\s)|[。！？])/su.exec(doc) ?? [];
  const rest = doc.slice(first.length).trim();
  return (
    <div className={part.quiet}>
      <p>{first}</p>
      {rest && (
        <details>
          <summary>{t("more")}</summary>
          {rest}
        </details>
      )}
    </div>
  );
}

function Inputs({ graph, set, specs, spec, id }: Omit<Props, "faults"> & { spec: NodeSpec }) {
  const f = useFlow();
  const [name, setName] = useState("");
  const node = graph.nodes.find((one) => one.id === id);
  if (!node) return null;
  const led = inputsOf(node, graph, spec);
  const single = spec.inputs.filter(({ many }) => !many).map(({ name, kind }): Port => ({ name, kind, told: true }));
  const several = spec.inputs.find(({ many }) => many);
  const ports = [...single, ...led.filter((port) => !single.some((one) => one.name === port.name))];
  const added = several && (several.named ? name.trim() : nextInput(graph, id, several.name));
  return (
    <fieldset className={form.group}>
      <legend>{f("editorInputs")}</legend>
      {ports.map((port) => (
        <Source key={port.name} port={port} {...{ graph, set, specs, id }} />
      ))}
      {several?.named && <Field label={f("editorInputName")}>{(control) => <input {...control} className={form.input} value={name} pattern="[A-Za-z_][A-Za-z0-9_]*" onChange={(event) => setName(event.target.value)} />}</Field>}
      {several && added && !ports.some((port) => port.name === added) && <Source key={added} port={{ name: added, kind: several.kind, told: true }} {...{ graph, set, specs, id }} />}
    </fieldset>
  );
}

const isValue = (kind: Port["kind"]) => !isEvent(kind);

/** Whether what comes out there may lead in here, as far as the kinds tell. */
const leadsTo = (out: Port["kind"], into: Port["kind"]) => (into === "message" ? out === "message" : isEvent(into) ? isEvent(out) : isValue(out));

function Source({ port, graph, set, specs, id }: { port: Port } & Omit<Props, "faults">) {
  const { t, of, lang } = useWords();
  const inputs = specs.get(graph.nodes.find((one) => one.id === id)?.type ?? "")?.inputs ?? [];
  const about = inputs.find(({ name }) => name === port.name) ?? inputs.find(({ many }) => many);
  const present = graph.edges.find(({ to }) => to.node === id && to.port === port.name)?.from;
  const key = (end: End) => `${end.node} ${end.port}`;
  const ends = graph.nodes.flatMap((node) => {
    const spec = specs.get(node.type);
    if (node.id === id || circles(graph, node.id, id)) return [];
    return outputsOf(node, graph, spec)
      .filter(({ kind }) => leadsTo(kind, port.kind))
      .map((out) => ({ node: node.id, port: out.name, label: `${titleOf(node, spec, lang)} · ${node.id}${out.told ? ` · ${out.name}` : ""}` }));
  });
  const choose = (wanted: string) => {
    const end = ends.find((one) => key(one) === wanted);
    set(withSource(graph, { node: id, port: port.name }, end && { node: end.node, port: end.port }));
  };
  return (
    <Field label={port.name} hint={about && of(about.doc)}>
      {(control) => (
        <select {...control} className={form.input} value={present ? key(present) : ""} onChange={(event) => choose(event.target.value)}>
          <option value="">{t("unset")}</option>
          {ends.map((end) => (
            <option key={key(end)} value={key(end)}>
              {end.label}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
