// What runs and waits: timers, reminders, commands for later; and what is written down on lists. Everything here is said
// in the conversation as well.

import { type FormEvent, startTransition, useOptimistic, useState } from "react";
import { clock, relative, span } from "../../lib/time";
import { nameOf } from "../../state/building";
import { useHome } from "../../state/home";
import { changeList, changeTimer, createList, left, nextFirst, openFirst, removeList, setTimer, ticked } from "../../state/later";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { form } from "../../ui/Form";
import { Icon, type IconName } from "../../ui/Icon";
import type { Failure } from "../../wire/http";
import type { List, Timer } from "../../wire/types";
import { useMayControl } from "../home/controls/useCommand";
import { Said } from "../home/devices/Said";
import styles from "./Later.module.css";

const ICONS: Readonly<Record<Timer["purpose"], IconName>> = { timer: "timer", reminder: "bell", commands: "power" };
/** Longest item of a list, and longest name. */
const ITEM_CHARS_MAX = 200;
const NAME_CHARS_MAX = 64;
/** Longest timer that is set here, in minutes: a day. */
const MINUTES_MAX = 24 * 60;
const MINUTE_MS = 60_000;

type Act = (done: Promise<Failure | undefined>) => Promise<void>;

export function LaterDialog({ close }: { close: () => void }) {
  const { t } = useWords();
  const timers = useHome((home) => home.timers);
  const lists = useHome((home) => home.lists);
  const may = useMayControl();
  const now = useNow(1_000);
  const [wrong, setWrong] = useState<Failure>();
  const act: Act = (done) => done.then(setWrong);
  const running = nextFirst(Object.values(timers), now);
  return (
    <Dialog title={t("later")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        <Said failure={wrong} />
        <section aria-label={t("laterTimers")} className={styles.part}>
          <h3>{t("laterTimers")}</h3>
          {running.length === 0 && <p className={styles.quiet}>{t("laterNone")}</p>}
          <ul className={styles.rows}>
            {running.map((timer) => (
              <TimerRow key={timer.id} {...{ timer, now, may, act }} />
            ))}
          </ul>
          {may && <NewTimer act={act} />}
        </section>
        {Object.values(lists).map((list) => (
          <ListPart key={list.id} {...{ list, may, act }} />
        ))}
        {may && <NewList act={act} />}
      </div>
    </Dialog>
  );
}

function TimerRow({ timer, now, may, act }: { timer: Timer; now: number; may: boolean; act: Act }) {
  const { t, lang } = useWords();
  const space = useHome((home) => (timer.space ? home.spaces[timer.space] : undefined));
  const { of } = useWords();
  const name = timer.text || t(`later_${timer.purpose}`);
  const paused = "paused" in timer.state;
  const due = "running" in timer.state ? timer.state.running.due : undefined;
  return (
    <li className={styles.row} data-paused={paused}>
      <Icon name={ICONS[timer.purpose]} size={19} />
      <div className={styles.words}>
        <p>{name}</p>
        <p className={styles.quiet}>
          {[space && of(nameOf(space.names)), t(`later_${timer.purpose}`), due && (timer.purpose === "timer" ? clock(due, now, lang) : `${clock(due, now, lang)}, ${relative(due, now, lang)}`)].filter(Boolean).join(" · ")}
        </p>
      </div>
      {timer.purpose === "timer" && (
        <span className={styles.left} role="timer">
          {paused ? t("laterPaused", { left: span(left(timer, now), lang) }) : span(left(timer, now), lang)}
        </span>
      )}
      {may && timer.purpose === "timer" && (
        <IconButton label={`${t(paused ? "laterResume" : "laterPause")}: ${name}`} icon={paused ? "play" : "pause"} onClick={() => void act(changeTimer(timer.id, paused ? "resume" : "pause"))} />
      )}
      {may && <IconButton label={`${t("laterCancel")}: ${name}`} icon="cross" onClick={() => void act(changeTimer(timer.id, "cancel"))} />}
    </li>
  );
}

function NewTimer({ act }: { act: Act }) {
  const { t } = useWords();
  const [minutes, setMinutes] = useState("10");
  const [text, setText] = useState("");
  const n = Number(minutes);
  const start = (event: FormEvent) => {
    event.preventDefault();
    void act(setTimer(Math.round(n * MINUTE_MS), text.trim()));
    setText("");
  };
  return (
    <form className={styles.form} onSubmit={start}>
      <input className={`${form.input} ${styles.short}`} type="number" min={1} max={MINUTES_MAX} step="any" required value={minutes} aria-label={t("laterMinutes")} title={t("laterMinutes")} onChange={(event) => setMinutes(event.target.value)} />
      <input className={form.input} value={text} maxLength={NAME_CHARS_MAX} aria-label={t("laterName")} placeholder={t("laterName")} onChange={(event) => setText(event.target.value)} />
      <Button type="submit" icon="timer" disabled={!(n > 0 && n <= MINUTES_MAX)}>
        {t("laterStart")}
      </Button>
    </form>
  );
}

function ListPart({ list, may, act }: { list: List; may: boolean; act: Act }) {
  const { t, of } = useWords();
  const [text, setText] = useState("");
  // A tick is seen at once; a refusal takes it back.
  const [shown, tick] = useOptimistic(list, ticked);
  const name = of(nameOf(list.names));
  const done = list.items.some((item) => item.done);
  const turn = (item: List["items"][number]) =>
    startTransition(async () => {
      tick({ text: item.text, done: !item.done });
      await act(changeList(list.id, item.done ? { reopen: [item.text] } : { complete: [item.text] }));
    });
  const add = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim()) void act(changeList(list.id, { add: [text.trim()] }));
    setText("");
  };
  return (
    <section aria-label={name} className={styles.part}>
      <div className={styles.head}>
        <h3>{name}</h3>
        {may && done && <Button look="quiet" onClick={() => void act(changeList(list.id, "tidy"))}>{t("laterTidy")}</Button>}
        {may && list.items.length === 0 && <IconButton label={t("laterRemove", { name })} icon="trash" onClick={() => void act(removeList(list.id))} />}
      </div>
      {list.items.length === 0 && <p className={styles.quiet}>{t("laterEmpty")}</p>}
      <ul className={styles.rows}>
        {openFirst(shown).map((item) => (
          <li key={item.text} className={styles.row} data-done={item.done}>
            <label className={styles.item}>
              <input type="checkbox" checked={item.done} disabled={!may} onChange={() => turn(item)} />
              <span>{item.text}</span>
            </label>
            {may && <IconButton label={`${t("laterDrop")}: ${item.text}`} icon="cross" onClick={() => void act(changeList(list.id, { drop: [item.text] }))} />}
          </li>
        ))}
      </ul>
      {may && (
        <form className={styles.form} onSubmit={add}>
          <input className={form.input} value={text} maxLength={ITEM_CHARS_MAX} aria-label={t("laterAddTo", { name })} placeholder={t("laterAdd")} onChange={(event) => setText(event.target.value)} />
          <Button type="submit" icon="plus" disabled={!text.trim()}>
            {t("laterAdd")}
          </Button>
        </form>
      )}
    </section>
  );
}

function NewList({ act }: { act: Act }) {
  const { t } = useWords();
  const [name, setName] = useState("");
  const make = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim()) void act(createList(name.trim()));
    setName("");
  };
  return (
    <form className={styles.form} onSubmit={make}>
      <input className={form.input} value={name} maxLength={NAME_CHARS_MAX} aria-label={t("laterListName")} placeholder={t("laterListName")} onChange={(event) => setName(event.target.value)} />
      <Button type="submit" icon="plus" disabled={!name.trim()}>
        {t("laterNewList")}
      </Button>
    </form>
  );
}
