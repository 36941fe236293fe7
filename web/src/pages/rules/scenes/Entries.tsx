// The programme of a week, entry by entry: on which days, from when to when, and what counts then.

import type { Days } from "../../../lib/week";
import { firstSaid, type Says } from "../../../state/schedules";
import { useFlow } from "../../../state/useFlow";
import { Button } from "../../../ui/Button";
import { form } from "../../../ui/Form";
import type { ScheduleWish } from "../../../wire/types";
import { SaidField } from "./SaidField";
import styles from "./Scenes.module.css";
import { Weekdays } from "./Weekdays";

type Entry = NonNullable<ScheduleWish["week"]>[number];

const KINDS = ["everyday", "workdays", "days_off", "weekdays"] as const;
type Kind = (typeof KINDS)[number];

const kindOf = (days: Days): Kind => (typeof days === "object" ? "weekdays" : days);

interface Props {
  says: Says;
  entries: readonly Entry[];
  set: (entries: Entry[]) => void;
}

export function Entries({ says, entries, set }: Props) {
  const f = useFlow();
  const put = (at: number, next: Partial<Entry>) => set(entries.map((old, one) => (one === at ? { ...old, ...next } : old)));
  return (
    <fieldset className={form.group}>
      <legend>{f("scheduleWeek")}</legend>
      {entries.map((entry, at) => (
        <One key={at} n={at + 1} says={says} entry={entry} put={(next) => put(at, next)} remove={() => set(entries.filter((_, one) => one !== at))} />
      ))}
      <div className={form.acts}>
        <Button icon="plus" onClick={() => set([...entries, { days: "everyday", from: "08:00", to: "18:00", value: firstSaid(says) }])}>
          {f("entryAdd")}
        </Button>
      </div>
    </fieldset>
  );
}

function One({ n, says, entry, put, remove }: { n: number; says: Says; entry: Entry; put: (next: Partial<Entry>) => void; remove: () => void }) {
  const f = useFlow();
  const days = entry.days as Days;
  const choose = (kind: Kind) => put({ days: kind === "weekdays" ? { weekdays: ["mon"] } : kind });
  return (
    <div className={styles.entry} role="group" aria-label={f("entryOf", { n })}>
      <label className={styles.field}>
        {f("entryDays")}
        <select className={form.input} value={kindOf(days)} onChange={(event) => choose(event.target.value as Kind)}>
          {KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {f(`days_${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <label className={styles.field}>
        {f("entryFrom")}
        <input className={form.input} type="time" required value={entry.from.slice(0, 5)} onChange={(event) => put({ from: event.target.value })} />
      </label>
      <label className={styles.field}>
        {f("entryTo")}
        <input className={form.input} type="time" value={entry.to?.slice(0, 5) ?? ""} onChange={(event) => put({ to: event.target.value || null })} />
      </label>
      <label className={styles.field}>
        {f("entryValue")}
        <SaidField says={says} value={entry.value} set={(value) => put({ value })} />
      </label>
      <Button look="quiet" icon="trash" aria-label={f("entryRemove", { n })} onClick={remove}>
        {f("entryRemoveWord")}
      </Button>
      {typeof days === "object" && <Weekdays label={f("entryDays")} chosen={days.weekdays} set={(weekdays) => put({ days: { weekdays } })} />}
    </div>
  );
}
