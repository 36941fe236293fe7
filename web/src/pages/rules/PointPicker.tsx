// Choosing a point by writing some of its name: a box with what fits below it, reached by arrow keys.

import { type KeyboardEvent, useId, useMemo, useState } from "react";
import { nameOf } from "../../state/building";
import { useHome } from "../../state/home";
import { pointWords } from "../../state/traces";
import { useFlow } from "../../state/useFlow";
import { useWords } from "../../state/useWords";
import { Field, form } from "../../ui/Form";
import type { Point } from "../../wire/types";
import styles from "./PointPicker.module.css";

/** Points that are offered at once. */
const OFFERED_MAX = 12;

interface Props {
  label: string;
  pick: (point: string) => void;
  /** The point that is chosen already. */
  value?: string | undefined;
  /** Points that are not offered. */
  without?: readonly string[];
  /** Which points are offered at all. */
  fits?: (point: Point) => boolean;
  faults?: readonly string[];
  hint?: string | undefined;
}

export function PointPicker({ label, pick, value, without = [], fits = () => true, faults = [], hint }: Props) {
  const { of } = useWords();
  const f = useFlow();
  const devices = useHome((home) => home.devices);
  const count = useHome((home) => Object.keys(home.points).length);
  const [text, setText] = useState<string>();
  const [at, setAt] = useState(0);
  const list = useId();
  const all = useMemo(() => {
    const { points, spaces } = useHome.getState();
    return Object.values(points).map((point) => {
      const device = devices[point.device];
      const space = device?.space ? spaces[device.space] : undefined;
      const words = [...(device?.names.zh ?? []), ...(device?.names.en ?? []), ...(point.names.zh ?? []), ...(point.names.en ?? []), ...(space?.names.zh ?? []), ...(space?.names.en ?? []), point.id].join(" ").toLowerCase();
      return { point, words, where: space ? nameOf(space.names) : undefined, name: pointWords({ devices, points }, point.id) };
    });
    // Values come all the time; which points there are, seldom.
  }, [devices, count]);
  const wanted = (text ?? "").trim().toLowerCase().split(/\s+/).filter(Boolean);
  const found = text === undefined ? [] : all.filter(({ point, words }) => !without.includes(point.id) && fits(point) && wanted.every((part) => words.includes(part))).slice(0, OFFERED_MAX);
  const known = value === undefined ? undefined : all.find(({ point }) => point.id === value);
  const choose = (id: string) => {
    pick(id);
    setText(undefined);
  };
  const keys = (event: KeyboardEvent) => {
    if (event.key === "Escape" && text !== undefined) {
      event.preventDefault();
      setText(undefined);
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      if (text === undefined) setText("");
      else setAt((old) => Math.min(Math.max(old + step, 0), found.length - 1));
    }
    const one = found[at];
    if (event.key === "Enter" && one) {
      event.preventDefault();
      choose(one.point.id);
    }
  };
  return (
    <Field label={label} faults={faults} hint={hint}>
      {(control) => (
        <div className={styles.picker}>
          <input
            {...control}
            className={form.input}
            type="search"
            role="combobox"
            aria-expanded={found.length > 0}
            aria-controls={list}
            aria-autocomplete="list"
            aria-activedescendant={found[at] ? `${list}-${at}` : undefined}
            autoComplete="off"
            placeholder={known ? undefined : f("pickPoint")}
            value={text ?? (known ? of(known.name) : (value ?? ""))}
            onChange={(event) => (setText(event.target.value), setAt(0))}
            onFocus={() => (setText(""), setAt(0))}
            onBlur={() => setText(undefined)}
            onKeyDown={keys}
          />
          <ul id={list} role="listbox" aria-label={label} hidden={text === undefined || found.length === 0} className={styles.list}>
            {found.map(({ point, name, where }, place) => (
              <li key={point.id} id={`${list}-${place}`} role="option" aria-selected={place === at} onPointerDown={(event) => (event.preventDefault(), choose(point.id))}>
                {of(name)} {where && <small>{of(where)}</small>}
              </li>
            ))}
          </ul>
          {text !== undefined && found.length === 0 && <p className={styles.none}>{f("pickNone")}</p>}
        </div>
      )}
    </Field>
  );
}
