// What names of another system are here: for each a point, a room, a scene or a connection is chosen by hand.

import { useMemo } from "react";
import { nameOf } from "../../../state/building";
import type { Asked } from "../../../state/exchange";
import { useHome } from "../../../state/home";
import { useSceneList } from "../../../state/sets";
import { useAsked } from "../../../state/useAsked";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Field, form } from "../../../ui/Form";
import { connections } from "../../../wire/devices";
import type { ImportMatch, Names as Called } from "../../../wire/types";
import { RoomSelect } from "../../home/devices/RoomSelect";
import { PointPicker } from "../PointPicker";
import part from "../Part.module.css";

interface Props {
  names: readonly Asked[];
  mapping: Readonly<Record<string, string>>;
  matches: readonly ImportMatch[];
  map: (name: string, target: string) => void;
}

export function Names({ names, mapping, matches, map }: Props) {
  const { of } = useWords();
  const f = useFlow();
  return (
    <section className={part.part} aria-label={f("importNames")}>
      <h3>{f("importNames")}</h3>
      <p className={part.quiet}>{f("importNamesCopy")}</p>
      <div className={form.pair}>
        {names.map(({ name, wanted }) => {
          const props = { label: name, chosen: mapping[name] ?? "", choose: (target: string) => map(name, target) };
          const known = matches.find((match) => match.name === name);
          switch (wanted) {
            case "point":
              return <PointPicker key={name} label={name} value={mapping[name]} hint={known && f("importNow", { what: of(known.called) })} pick={props.choose} />;
            case "space":
              return <RoomSelect key={name} {...props} />;
            case "scene":
              return <SceneSelect key={name} {...props} />;
            case "connection":
              return <ConnectionSelect key={name} {...props} />;
          }
        })}
      </div>
    </section>
  );
}

interface Choosing {
  label: string;
  chosen: string;
  choose: (target: string) => void;
}

function SceneSelect(props: Choosing) {
  const { value } = useSceneList();
  return <Select {...props} all={value ?? []} />;
}

function ConnectionSelect(props: Choosing) {
  const { value } = useAsked(connections, "connections");
  return <Select {...props} all={value ?? []} />;
}

/** The devices of some kinds, or all. */
export function DeviceSelect({ kinds, ...props }: Choosing & { kinds: readonly string[]; faults?: readonly string[] }) {
  const devices = useHome((home) => home.devices);
  const all = useMemo(() => Object.values(devices).filter(({ kind }) => kinds.length === 0 || kinds.includes(kind)), [devices, kinds]);
  return <Select {...props} all={all} />;
}

function Select({ label, chosen, choose, all, faults = [] }: Choosing & { all: readonly { id: string; names: Called }[]; faults?: readonly string[] }) {
  const { of, lang } = useWords();
  const options = useMemo(() => all.map(({ id, names }) => ({ id, called: of(nameOf(names)) })).sort((a, b) => a.called.localeCompare(b.called, lang)), [all, lang]);
  return (
    <Field label={label} faults={faults}>
      {(control) => (
        <select {...control} className={form.input} value={chosen} onChange={(event) => choose(event.target.value)}>
          <option value="">–</option>
          {options.map(({ id, called }) => (
            <option key={id} value={id}>
              {called}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
