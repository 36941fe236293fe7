// The floors to choose from: a row of tabs that scrolls when it is long. A floor with an alarm says so.

import { type KeyboardEvent, useEffect, useMemo, useRef } from "react";
import { useHome } from "../state/home";
import { lookSelector, type Sheet } from "../state/plan";
import { useWords } from "../state/useWords";
import { Icon } from "../ui/Icon";
import styles from "./Sheets.module.css";

interface Props {
  sheets: readonly Sheet[];
  chosen: string;
  choose: (sheet: string) => void;
}

/** The floors on which something raises an alarm. */
function useAlarms(sheets: readonly Sheet[]): ReadonlySet<string> {
  const looks = useMemo(() => sheets.map((sheet) => ({ id: sheet.id, select: lookSelector([...sheet.loose, ...sheet.cells.flatMap((cell) => cell.devices)]) })), [sheets]);
  const raised = useHome((home) => looks.flatMap(({ id, select }) => (select(home).alarms.length > 0 ? id : [])).join());
  return useMemo(() => new Set(raised.split(",")), [raised]);
}

export function Sheets({ sheets, chosen, choose }: Props) {
  const { t, of } = useWords();
  const list = useRef<HTMLDivElement>(null);
  const alarms = useAlarms(sheets);
  useEffect(() => {
    const [box, tab] = [list.current, list.current?.querySelector<HTMLElement>('[aria-checked="true"]')];
    if (box && tab) box.scrollTo({ left: tab.offsetLeft - (box.clientWidth - tab.clientWidth) / 2 });
  }, [chosen]);
  const move = (event: KeyboardEvent) => {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = (sheets.findIndex(({ id }) => id === chosen) + step + sheets.length) % sheets.length;
    const sheet = sheets[next];
    if (sheet) choose(sheet.id);
    list.current?.querySelectorAll<HTMLElement>("[role=radio]")[next]?.focus();
  };
  return (
    <div ref={list} role="radiogroup" aria-label={t("floors")} className={styles.list} onKeyDown={move}>
      {sheets.map((sheet) => {
        const name = of(sheet.name);
        const alarm = alarms.has(sheet.id);
        return (
          <button
            key={sheet.id}
            type="button"
            role="radio"
            className={styles.sheet}
            aria-checked={sheet.id === chosen}
            aria-label={alarm ? t("floorAlarm", { floor: name }) : undefined}
            tabIndex={sheet.id === chosen ? 0 : -1}
            onClick={() => choose(sheet.id)}
          >
            {alarm && <Icon name="alert" size={16} />}
            {name}
          </button>
        );
      })}
    </div>
  );
}
