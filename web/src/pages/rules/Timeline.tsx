// The course of one point while a copy of the building ran ahead: its line, the limit, and the moment of acting.

import { useMemo } from "react";
import { type Box, type Dot, nearest, path, scale, thinned, timeTicks, valueTicks } from "../../lib/timeline";
import { dayOrTime } from "../../lib/time";
import { valueWords } from "../../state/building";
import { useHome } from "../../state/home";
import { type Limit, pointWords } from "../../state/traces";
import { useWords } from "../../state/useWords";
import { useWidth } from "../../ui/useWidth";
import type { Play, Point } from "../../wire/types";
import plot from "./Plot.module.css";

const HEIGHT = 190;
/** A course of on and off needs less. */
const TRUTH_HEIGHT = 96;
/** Places to draw a dot for each point of width. */
const DOTS_PER_PX = 1;
const PX_PER_TIME_TICK = 84;
const VALUE_TICKS = 4;
/** Room that half a label of the time needs. */
const EDGE_PX = 22;

interface Props {
  play: Play;
  series: Play["series"][number];
  limits: readonly Limit[];
}

export function Timeline({ play, series, limits }: Props) {
  const { t, of } = useWords();
  const { ref, width } = useWidth();
  const devices = useHome((home) => home.devices);
  const point = useHome((home) => home.points[series.point]);
  const name = of(pointWords({ devices, points: point ? { [point.id]: point } : {} }, series.point));
  return (
    <figure className={plot.figure}>
      <figcaption>{name}</figcaption>
      <div ref={ref} className={plot.plot} style={{ height: heightOf(series) }}>
        {width > 0 && <Plot play={play} series={series} limits={limits.filter((limit) => limit.point === series.point)} point={point} width={width} label={t("playTimeline", { what: name })} />}
      </div>
    </figure>
  );
}

const isTruth = (series: Play["series"][number]) => series.samples.every(({ value }) => typeof value === "boolean");
const heightOf = (series: Play["series"][number]) => (isTruth(series) ? TRUTH_HEIGHT : HEIGHT);
/** About how wide a label is drawn. */
export const labelPx = (label: string) => [...label].reduce((sum, char) => sum + (/\p{Script=Han}/u.test(char) ? 12 : 7.2), 0);

interface PlotProps extends Props {
  point: Point | undefined;
  width: number;
  label: string;
}

function Plot({ play, series, limits, point, width, label }: PlotProps) {
  const { t, of, lang } = useWords();
  const { began, ended } = useMemo(() => stretch(play), [play]);
  const dots = useMemo(() => since(dotsOf(series.samples), began), [series, began]);
  const truth = isTruth(series);
  const height = heightOf(series);
  const values = [...dots.map((dot) => dot.value), ...limits.map((limit) => limit.value)];
  const range = truth ? { from: 0, to: 1, ticks: [0, 1] } : valueTicks(Math.min(...values), Math.max(...values), VALUE_TICKS);
  const { words: _, ...plain } = point ?? ({} as Point);
  const told = (value: number) => {
    const said = valueWords(point && (plain as Point), truth ? value === 1 : value);
    return said ? of(said) : String(value);
  };
  const box: Box = { left: 18 + Math.max(...range.ticks.map((tick) => labelPx(told(tick)))), top: 24, right: width - 12, bottom: height - 26 };
  const x = scale(began, ended, box.left, box.right);
  const y = scale(range.from, range.to, box.bottom, box.top);
  const ticks = timeTicks(began, ended, Math.max(Math.floor((box.right - box.left) / PX_PER_TIME_TICK), 1), new Date(began).getTimezoneOffset());
  // A label at the edge would be cut.
  const labelled = ticks.filter((at) => x.place(at) > box.left && x.place(at) < width - EDGE_PX);
  const shown = thinned(dots, Math.max((box.right - box.left) * DOTS_PER_PX, 16));
  const last = shown.at(-1);
  // The last value stands until the end.
  const line = last && last.at < ended ? [...shown, { at: ended, value: last.value }] : shown;
  const fired = play.fired && play.fired_at ? Date.parse(play.fired_at) : undefined;
  const close = fired === undefined && limits[0] ? nearest(dots, limits[0].op) : undefined;
  return (
    <svg width={width} height={height} role="img" aria-label={`${label}. ${of(play.why)}`}>
      {range.ticks.map((tick) => (
        <g key={tick} className={plot.grid}>
          <path d={`M${box.left} ${y.place(tick)}H${box.right}`} />
          <text x={box.left - 8} y={y.place(tick) + 4} textAnchor="end">
            {told(tick)}
          </text>
        </g>
      ))}
      {labelled.map((at) => (
        <text key={at} x={x.place(at)} y={height - 8} textAnchor="middle">
          {dayOrTime(at, lang)}
        </text>
      ))}
      {limits.map((limit) => (
        <g key={`${limit.op}${limit.value}`} className={plot.limit}>
          <path d={`M${box.left} ${y.place(limit.value)}H${box.right}`} />
          <text x={box.left + 4} y={y.place(limit.value) - 6}>
            {t("playThreshold", { value: told(limit.value) })}
          </text>
        </g>
      ))}
      <path className={plot.line} d={path(line, x, y, truth)} />
      {fired !== undefined && <Mark at={x.place(fired)} box={box} label={t("playActs")} look="fired" />}
      {close && (
        <g className={plot.close}>
          <circle cx={x.place(close.at)} cy={y.place(close.value)} r={4.5} />
          <text x={Math.min(Math.max(x.place(close.at), box.left + 44), box.right - 44)} y={Math.max(y.place(close.value) - 10, 12)} textAnchor="middle">
            {t("playNearest")} {told(close.value)}
          </text>
        </g>
      )}
    </svg>
  );
}

function Mark({ at, box, label, look }: { at: number; box: Box; label: string; look: "fired" }) {
  const middle = (box.left + box.right) / 2;
  return (
    <g className={plot[look]}>
      <path d={`M${at} ${box.top - 6}V${box.bottom}`} />
      <circle cx={at} cy={box.top - 6} r={4} />
      <text x={at + (at > middle ? -8 : 8)} y={box.top - 2} textAnchor={at > middle ? "end" : "start"}>
        {label}
      </text>
    </g>
  );
}

/** Where only states are known, so long before the moment of acting is drawn. */
const BEFORE_MS = 2 * 3_600_000;

/** The time that is drawn: all that ran, or what the courses cover around the moment of acting. */
function stretch(play: Play): { began: number; ended: number } {
  const start = Date.parse(play.began);
  const times = (series: Play["series"][number]) => series.samples.map(({ at }) => Date.parse(at));
  const known = play.series.flatMap(times);
  if (!play.fired || !play.fired_at) return { began: start, ended: Math.max(...known, start + play.simulated_ms, start + 60_000) };
  const fired = Date.parse(play.fired_at);
  const measured = play.series.filter((series) => !isTruth(series)).flatMap(times);
  const began = Math.max(measured.length > 1 ? Math.min(...measured) : fired - BEFORE_MS, start);
  return { began: Math.min(began, fired - 60_000), ended: Math.max(...known, fired) };
}

/** The course from an instant on; what stood before stands at its beginning. */
function since(dots: readonly Dot[], from: number): Dot[] {
  const before = dots.findLast((dot) => dot.at < from);
  return [...(before ? [{ at: from, value: before.value }] : []), ...dots.filter((dot) => dot.at >= from)];
}

/** Numbers and truths as dots; what is neither is not drawn. */
function dotsOf(samples: Play["series"][number]["samples"]): Dot[] {
  return samples.flatMap(({ at, value }) => {
    const number = typeof value === "boolean" ? Number(value) : value;
    return typeof number === "number" ? [{ at: Date.parse(at), value: number }] : [];
  });
}

/** Whether a course can be drawn at all. */
export const drawable = (series: Play["series"][number]) => dotsOf(series.samples).length > 0;
