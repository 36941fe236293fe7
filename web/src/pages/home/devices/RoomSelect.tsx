// Choosing a room, floor by floor.

import { useMemo } from "react";
import { nameOf } from "../../../state/building";
import { useHome } from "../../../state/home";
import { useWords } from "../../../state/useWords";
import { Field, form } from "../../../ui/Form";
import type { Space } from "../../../wire/types";

interface Props {
  /** What it is called, where it is not simply the room. */
  label?: string;
  /** What no room means, where it is not that there is none. */
  none?: string;
  chosen: string;
  choose: (space: string) => void;
  disabled?: boolean;
}

export function RoomSelect({ label, none, chosen, choose, disabled = false }: Props) {
  const { t, of } = useWords();
  const spaces = useHome((home) => home.spaces);
  const floors = useMemo(() => grouped(Object.values(spaces)), [spaces]);
  return (
    <Field label={label ?? t("room")}>
      {(control) => (
        <select {...control} className={form.input} value={chosen} disabled={disabled} onChange={(event) => choose(event.target.value)}>
          <option value="">{none ?? t("noRoom")}</option>
          {floors.map(({ around, rooms }) => {
            const options = rooms.map((room) => (
              <option key={room.id} value={room.id}>
                {of(nameOf(room.names))}
              </option>
            ));
            return around ? (
              <optgroup key={around.id} label={of(nameOf(around.names))}>
                {options}
              </optgroup>
            ) : (
              options
            );
          })}
        </select>
      )}
    </Field>
  );
}

/** Spaces under what they are part of; the ones around come as choices too, since a meter may belong to a floor. */
function grouped(spaces: Space[]): { around: Space | undefined; rooms: Space[] }[] {
  const byId = new Map(spaces.map((space) => [space.id, space]));
  const groups = new Map<string, { around: Space | undefined; rooms: Space[] }>();
  const inOrder = new Intl.Collator("en", { numeric: true });
  const name = (space: Space) => nameOf(space.names).en;
  for (const space of spaces.sort((a, b) => inOrder.compare(name(a), name(b)))) {
    const around = space.parent ? byId.get(space.parent) : undefined;
    const group = groups.get(around?.id ?? "") ?? { around, rooms: [] };
    group.rooms.push(space);
    groups.set(around?.id ?? "", group);
  }
  return [...groups.values()].sort((a, b) => inOrder.compare(a.around ? name(a.around) : "", b.around ? name(b.around) : ""));
}
