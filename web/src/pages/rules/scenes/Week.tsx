// The week of a schedule, drawn: a row for each day, and in it what counts when. Where it can be edited, a click on an
// empty place begins an entry there; the form beside it does the same by keyboard.

import type { MouseEvent } from "react";
import { type Days, timeOf, type Weekday, weekOf, WEEKDAYS } from "../../../lib/week";
import { cut } from "../../../lib/label";
import { saidIn, strengthOf } from "../../../state/schedules";
import { useFlow } from "../../../state/useFlow";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { useWidth } from "../../../ui/useWidth";
import type { ScheduleWish, Value } from "../../../wire/types";
import styles from "./Scenes.module.css";

const ROW_PX = 28;
const ROW_GAP_PX = 5;
const HEAD_PX = 22;
const LEFT_PX = 44;
const DAY_MINUTES = 1_440;
/** A block that is so wide has room for its value. */
const LABEL_FROM_PX = 30;
/** From this strength on the words stand on the colour. */
const STRONG = 0.55;

interface Props {
  schedule: Pick<ScheduleWish, "week" | "otherwise" | "says">;
  add?: (entry: { days: Days; from: string; to: string }) => void;
}

export function Week({ schedule, add }: Props) {
  const f = useFlow();
  const { ref, width } = useWidth();
  const height = HEAD_PX + WEEKDAYS.length * (ROW_PX + ROW_GAP_PX) + 6;
  return (
    <div ref={ref} className={styles.weekBox} style={{ height }}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={f("weekOf")}>
          <Rows schedule={schedule} width={width} {...(add ? { add } : {})} />
        </svg>
      )}
    </div>
  );
}

function Rows({ schedule, width, add }: Props & { width: number }) {
  const { lang } = useWords();
  const f = useFlow();
  const now = new Date(useNow(60_000));
  const [left, right] = [LEFT_PX, width - 10];
  const x = (minute: number) => left + ((right - left) * minute) / DAY_MINUTES;
  const y = (day: number) => HEAD_PX + day * (ROW_PX + ROW_GAP_PX);
  const blocks = weekOf<Value>((schedule.week ?? []) as Parameters<typeof weekOf<Value>>[0], schedule.otherwise);
  const values = blocks.map(({ value }) => value);
  const step = right - left < 420 ? 6 : 3;
  const begin = (day: number) => (event: MouseEvent<SVGRectElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const hour = Math.min(Math.floor(((event.clientX - box.left) / box.width) * 24), 22);
    add?.({ days: { weekdays: [WEEKDAYS[day] as Weekday] }, from: timeOf(hour * 60), to: timeOf((hour + 1) * 60) });
  };
  const today = (now.getDay() + 6) % 7;
  return (
    <>
      {Array.from({ length: 24 / step + 1 }, (_, at) => at * step).map((hour) => (
        <g key={hour}>
          <text x={x(hour * 60)} y={14} textAnchor={hour === 24 ? "end" : "middle"}>
            {hour}
          </text>
          <path className={styles.hour} d={`M${x(hour * 60)} ${HEAD_PX - 3}V${y(WEEKDAYS.length)}`} />
        </g>
      ))}
      {WEEKDAYS.map((day, at) => (
        <g key={day}>
          <text x={left - 8} y={y(at) + ROW_PX / 2 + 4} textAnchor="end">
            {f(`day_${day}`)}
          </text>
          <rect className={styles.rail} x={left} y={y(at)} width={Math.max(right - left, 0)} height={ROW_PX} rx={5} data-adds={add !== undefined} onClick={begin(at)} />
        </g>
      ))}
      {blocks.map((block) => {
        const strength = strengthOf(block.value, values);
        const wide = x(block.to) - x(block.from);
        const label = cut(saidIn(schedule.says, block.value, lang), (wide - 10) / 11.5);
        const off = block.value === false || block.slot === undefined;
        return (
          <g key={`${block.day} ${block.from}`} className={styles.block} data-off={off} data-strong={!off && strength > STRONG} style={{ "--strength": strength } as React.CSSProperties} pointerEvents={add && off ? "none" : undefined}>
            <rect x={x(block.from)} y={y(block.day)} width={Math.max(wide - 1, 1)} height={ROW_PX} rx={5} />
            {wide > LABEL_FROM_PX && block.value !== false && (
              <text x={x(block.from) + 6} y={y(block.day) + ROW_PX / 2 + 4}>
                {label}
              </text>
            )}
          </g>
        );
      })}
      <path className={styles.now} d={`M${x(now.getHours() * 60 + now.getMinutes())} ${y(today)}v${ROW_PX}`} />
    </>
  );
}
