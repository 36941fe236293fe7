// A point in the past: its real course beside the one that it would have had, with the moments at which the rule would
// have acted, and shade where nothing is known.

import { pieces, type Stretch, stretches } from "../../../lib/course";
import { dayOrTime } from "../../../lib/time";
import { type Box, path, scale, type Scale, thinned, timeTicks, valueTicks } from "../../../lib/timeline";
import { useHome } from "../../../state/home";
import type { Limit } from "../../../state/traces";
import { words } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { useWidth } from "../../../ui/useWidth";
import type { Backtest, BacktestPoint, Point, Value } from "../../../wire/types";
import { labelPx } from "../Timeline";
import plot from "../Plot.module.css";
import styles from "./Past.module.css";

const CHART_PX = 170;
const BAND_PX = 20;
const BAND_GAP_PX = 26;
const HEAD_PX = 22;
const FOOT_PX = 26;
const PX_PER_TIME_TICK = 90;
const VALUE_TICKS = 4;
const EDGE_PX = 24;
/** A stretch that is so wide has room for its value. */
const LABEL_FROM_PX = 46;

interface Props {
  result: Backtest;
  of: BacktestPoint;
  limits: readonly Limit[];
}

export function Courses({ result, of: course, limits }: Props) {
  const { of } = useWords();
  const { ref, width } = useWidth();
  const point = useHome((home) => home.points[course.point]);
  const numbers = isNumber(course);
  const lanes = course.would && course.would.length > 0 ? 2 : 1;
  const height = HEAD_PX + FOOT_PX + (numbers ? CHART_PX : lanes * (BAND_PX + BAND_GAP_PX));
  return (
    <figure className={plot.figure}>
      <figcaption>{of(course.name)}</figcaption>
      <div ref={ref} className={plot.plot} style={{ height }}>
        {width > 0 && <Plot result={result} of={course} limits={limits.filter((limit) => limit.point === course.point)} point={point} width={width} height={height} />}
      </div>
    </figure>
  );
}

const isNumber = ({ real, would = [] }: BacktestPoint) => [...real, ...would].some(({ value }) => typeof value === "number");

interface PlotProps extends Props {
  point: Point | undefined;
  width: number;
  height: number;
}

function Plot(props: PlotProps) {
  const { result, of: course, width, height } = props;
  const { of, lang } = useWords();
  const f = useFlow();
  const [from, to] = [Date.parse(result.from), Date.parse(result.to)];
  const numbers = isNumber(course);
  const range = numbers ? rangeOf(props) : undefined;
  const told = useTold(props.point);
  const left = range ? 18 + Math.max(...range.ticks.map((tick) => labelPx(told(tick)))) : 10;
  const box: Box = { left, top: HEAD_PX, right: width - 12, bottom: height - FOOT_PX };
  const x = scale(from, to, box.left, box.right);
  const ticks = timeTicks(from, to, Math.max(Math.floor((box.right - box.left) / PX_PER_TIME_TICK), 1), new Date(from).getTimezoneOffset());
  // Of what is only read the rule's acts are of no concern to its own value; they stand there all the same, to compare.
  const fired = result.firings.filter(({ actions }) => course.role === "read" || actions.some(({ point }) => point === course.point));
  return (
    <svg width={width} height={height} role="img" aria-label={f("courseOf", { what: of(course.name), n: fired.length })}>
      {course.gaps.map((gap) => (
        <rect key={gap.from} className={styles.gap} x={x.place(Date.parse(gap.from))} y={box.top} width={Math.max(x.place(Date.parse(gap.to)) - x.place(Date.parse(gap.from)), 1)} height={box.bottom - box.top} />
      ))}
      {ticks
        .filter((at) => x.place(at) > EDGE_PX && x.place(at) < width - EDGE_PX)
        .map((at) => (
          <text key={at} x={x.place(at)} y={height - 8} textAnchor="middle">
            {dayOrTime(at, lang)}
          </text>
        ))}
      {range ? <Lines {...props} box={box} x={x} range={range} told={told} /> : <Bands {...props} box={box} x={x} told={told} />}
      {fired.map((firing) => (
        <g key={firing.at} className={styles.firing} data-idle={firing.actions.every(({ idle }) => idle)}>
          <path d={`M${x.place(Date.parse(firing.at))} ${box.top - 4}V${box.bottom}`} />
          <circle cx={x.place(Date.parse(firing.at))} cy={box.top - 8} r={3.5} />
        </g>
      ))}
    </svg>
  );
}

/** A value of the point in words, as of any moment. */
function useTold(point: Point | undefined) {
  const { lang } = useWords();
  return (value: Value) => words(point, value, lang);
}

function rangeOf({ of: course, limits }: Props) {
  const numbers = [...course.real, ...(course.would ?? [])].flatMap(({ value }) => (typeof value === "number" ? [value] : []));
  const all = [...numbers, ...limits.map(({ value }) => value)];
  return valueTicks(Math.min(...all), Math.max(...all), VALUE_TICKS);
}

interface Drawn extends PlotProps {
  box: Box;
  x: Scale;
  told: (value: Value) => string;
}

function Lines({ result, of: course, limits, box, x, range, told }: Drawn & { range: ReturnType<typeof rangeOf> }) {
  const { t } = useWords();
  const [from, to] = [Date.parse(result.from), Date.parse(result.to)];
  const y = scale(range.from, range.to, box.bottom, box.top);
  const lines = (samples: BacktestPoint["real"]) => pieces(samples, from, to).map((dots) => path(thinned(dots, Math.max(box.right - box.left, 16)), x, y, course.role !== "read"));
  return (
    <>
      {range.ticks.map((tick) => (
        <g key={tick} className={plot.grid}>
          <path d={`M${box.left} ${y.place(tick)}H${box.right}`} />
          <text x={box.left - 8} y={y.place(tick) + 4} textAnchor="end">
            {told(tick)}
          </text>
        </g>
      ))}
      {limits.map((limit) => (
        <g key={`${limit.op}${limit.value}`} className={plot.limit}>
          <path d={`M${box.left} ${y.place(limit.value)}H${box.right}`} />
          <text x={box.left + 4} y={y.place(limit.value) - 6}>
            {t("playThreshold", { value: told(limit.value) })}
          </text>
        </g>
      ))}
      {lines(course.real).map((d, at) => (
        <path key={at} className={styles.real} d={d} />
      ))}
      {lines(course.would ?? []).map((d, at) => (
        <path key={at} className={styles.would} d={d} />
      ))}
    </>
  );
}

/** Whether a value means that something is on, open or there. */
const isOn = (value: Value) => value !== false && value !== "off" && value !== "closed" && value !== 0;

function Bands({ result, of: course, box, x, told }: Drawn) {
  const f = useFlow();
  const [from, to] = [Date.parse(result.from), Date.parse(result.to)];
  const lanes: { name: string; look: "real" | "would"; samples: BacktestPoint["real"] }[] = [{ name: f("courseReal"), look: "real", samples: course.real }];
  if (course.would && course.would.length > 0) lanes.push({ name: f("courseWould"), look: "would", samples: course.would });
  return lanes.map(({ name, look, samples }, lane) => {
    const top = box.top + lane * (BAND_PX + BAND_GAP_PX) + BAND_GAP_PX - 6;
    return (
      <g key={look} className={styles.band} data-look={look}>
        <text x={box.left} y={top - 6}>
          {name}
        </text>
        <rect className={styles.rail} x={box.left} y={top} width={Math.max(box.right - box.left, 0)} height={BAND_PX} rx={4} />
        {stretches<Value>(samples, from, to).map((stretch) => (
          <Piece key={stretch.from} stretch={stretch} x={x} top={top} told={told} />
        ))}
      </g>
    );
  });
}

function Piece({ stretch, x, top, told }: { stretch: Stretch<Value>; x: Scale; top: number; told: (value: Value) => string }) {
  const [left, right] = [x.place(stretch.from), x.place(stretch.to)];
  if (!isOn(stretch.value)) return null;
  const label = told(stretch.value);
  return (
    <g>
      <rect x={left} y={top} width={Math.max(right - left, 1)} height={BAND_PX} rx={Math.min(4, (right - left) / 2)} />
      {right - left > Math.max(LABEL_FROM_PX, labelPx(label) + 12) && (
        <text className={styles.inside} x={left + 7} y={top + 14}>
          {label}
        </text>
      )}
    </g>
  );
}
