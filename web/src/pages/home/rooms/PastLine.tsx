// The past of a point: a line for numbers, a strip for states, with the value under the finger or the arrow keys. Its
// height is the same from the first moment on.

import { useEffect, useId, useState } from "react";
import { tagOf } from "../../../lib/lang";
import { axisOf, bandOf, lineOf, stretches, timeMarks, xOf, yOf } from "../../../lib/series";
import { valueWords } from "../../../state/building";
import { useAsked } from "../../../state/useAsked";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Choice } from "../../../ui/Choice";
import { past, pastProgress, type SpanOf, SPANS } from "../../../wire/past";
import type { Past, PastProgress, Point, Value } from "../../../wire/types";
import styles from "./PastLine.module.css";

/** The drawing's own units; it is stretched to the width that there is. */
const WIDTH = 600;
const HEIGHT = 84;
/** A line that reaches into the present is read again after so long. */
const AGAIN_MS = 60_000;
/** How often it is looked how far the past is written. */
const PROGRESS_MS = 2_000;

const SPAN_KEYS = Object.keys(SPANS) as SpanOf[];

/** The present of the building, which in a demonstration may run ahead of this clock. */
const presentOf = (point: Point) => Math.max(Date.now(), Date.parse(point.sample?.at ?? "") || 0);

export function PastLine({ point }: { point: Point }) {
  const { t } = useWords();
  const [span, setSpan] = useState<SpanOf>("day");
  const minute = Math.floor(useNow(AGAIN_MS) / AGAIN_MS);
  const progress = useProgress();
  const written = progress?.state === "running" ? progress.done : progress?.state;
  const { value, failure, again } = useAsked(() => past(point.id, span, presentOf(point)), `${point.id} ${span} ${minute} ${written ?? ""}`);
  const known = value && value.point === point.id ? value : undefined;
  return (
    <div className={styles.past}>
      <Choice label={t("pastSpan")} options={SPAN_KEYS.map((key) => ({ key, label: t(`span_${key}`) }))} chosen={span} choose={setSpan} />
      <div className={styles.figure}>
        {known ? <Figure past={known} point={point} /> : failure ? <Failed again={again} /> : <p className={styles.quiet}>{t("loading")}</p>}
      </div>
      {progress?.state === "running" && (
        <p className={styles.progress} role="status">
          {t("pastBeingWritten", { done: progress.done, total: progress.total })}
          <progress value={progress.done} max={progress.total} aria-label={t("pastBeingWritten", { done: progress.done, total: progress.total })} />
        </p>
      )}
    </div>
  );
}

/** How far the demonstration's past is written; it is asked again while it is not all there. */
function useProgress(): PastProgress | undefined {
  const [round, setRound] = useState(0);
  const { value } = useAsked(pastProgress, String(round));
  const running = value?.state === "running";
  useEffect(() => {
    if (!running) return;
    const timer = setTimeout(() => setRound((n) => n + 1), PROGRESS_MS);
    return () => clearTimeout(timer);
  }, [running, value]);
  return value;
}

function Failed({ again }: { again: () => void }) {
  const { t } = useWords();
  return (
    <p className={styles.quiet}>
      {t("loadFailed")}{" "}
      <Button look="quiet" onClick={again}>
        {t("retry")}
      </Button>
    </p>
  );
}

function Figure({ past, point }: { past: Past; point: Point }) {
  const { t, lang } = useWords();
  const { buckets } = past;
  const [at, setAt] = useState<number>();
  const told = useTold(past, point);
  const empty = buckets.every((bucket) => bucket.last === null || bucket.last === undefined);
  const from = Date.parse(past.from);
  const to = Date.parse(past.to);
  const format = new Intl.DateTimeFormat(tagOf(lang), { timeZone: past.time_zone, hour: "2-digit", minute: "2-digit", hour12: false });
  const dayFormat = new Intl.DateTimeFormat(tagOf(lang), { timeZone: past.time_zone, month: "short", day: "numeric" });
  const numeric = point.kind === "number";
  return (
    <>
      <div className={styles.chart}>
        {numeric ? <Line past={past} at={at} /> : <Strip past={past} point={point} at={at} />}
        {!empty && (
          <input
            type="range"
            className={styles.cursor}
            aria-label={t("pastOf")}
            aria-valuetext={told(at ?? buckets.length - 1)}
            min={0}
            max={Math.max(0, buckets.length - 1)}
            value={at ?? buckets.length - 1}
            onChange={(event) => setAt(Number(event.target.value))}
            onBlur={() => setAt(undefined)}
            onPointerMove={(event) => {
              const { left, width } = event.currentTarget.getBoundingClientRect();
              setAt(Math.min(buckets.length - 1, Math.max(0, Math.floor(((event.clientX - left) / width) * buckets.length))));
            }}
            onPointerLeave={() => setAt(undefined)}
          />
        )}
        {empty && <p className={styles.nothing}>{t("pastEmpty")}</p>}
      </div>
      <div className={styles.times} aria-hidden="true">
        {timeMarks(from, to, past.time_zone, 5).filter((mark) => mark.at < from + (to - from) * 0.92).map((mark) => (
          <span key={mark.at} style={{ insetInlineStart: `${((mark.at - from) / (to - from)) * 100}%` }}>
            {(mark.day ? dayFormat : format).format(mark.at)}
          </span>
        ))}
      </div>
      <p className={styles.told} aria-hidden="true">
        {at === undefined ? <Summary past={past} point={point} /> : told(at)}
      </p>
    </>
  );
}

/** What a point was at a piece, in words. */
function useTold(past: Past, point: Point): (at: number) => string {
  const { t, of, lang } = useWords();
  return (at) => {
    const bucket = past.buckets[at];
    if (!bucket) return "";
    const format = new Intl.DateTimeFormat(tagOf(lang), { timeZone: past.time_zone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
    const words = (value: Value | null | undefined) => {
      const said = valueWords(point, typeof value === "number" ? Math.round(value * 100) / 100 : value);
      return said ? of(said) : t("pastEmpty");
    };
    const value = point.kind === "number" ? bucket.mean : bucket.last;
    const range = point.kind === "number" && typeof bucket.min === "number" && typeof bucket.max === "number" && bucket.max - bucket.min > 0.005 ? ` (${round(bucket.min)}–${round(bucket.max)})` : "";
    return `${format.format(Date.parse(bucket.at))} · ${words(value)}${range}`;
  };
}

const round = (n: number) => String(Math.round(n * 100) / 100);

/** Over all: the mean and the ends of a number, how long a state held. */
function Summary({ past: { whole }, point }: { past: Past; point: Point }) {
  const { t, of } = useWords();
  if (point.kind === "number") {
    if (typeof whole.mean !== "number" || typeof whole.min !== "number" || typeof whole.max !== "number") return t("pastEmpty");
    const words = valueWords(point, Math.round(whole.mean * 100) / 100);
    return t("pastSummary", { mean: words ? of(words) : "", min: round(whole.min), max: round(whole.max) });
  }
  if (typeof whole.on_ms !== "number") return "\u00a0";
  const hours = whole.on_ms / 3_600_000;
  const state = valueWords(point, point.kind === "bool" ? true : undefined);
  return t("pastOn", { state: of(state ?? { zh: "开", en: "on" }), hours: hours < 10 ? hours.toFixed(1) : Math.round(hours) });
}

function Line({ past, at }: { past: Past; at: number | undefined }) {
  const pieces = past.buckets.map((bucket) => ({ at: Date.parse(bucket.at), mean: bucket.mean ?? null, min: bucket.min ?? null, max: bucket.max ?? null }));
  const axis = axisOf(pieces);
  if (!axis) return <svg className={styles.drawing} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true" />;
  const frame = { width: WIDTH, height: HEIGHT, ...axis };
  const piece = at === undefined ? undefined : pieces[at];
  return (
    <>
      <svg className={styles.drawing} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
        {axis.marks.map((mark) => (
          <path key={mark} className={styles.grid} d={`M0 ${yOf(mark, frame)}H${WIDTH}`} />
        ))}
        <path className={styles.band} d={bandOf(pieces, frame)} />
        <path className={styles.line} d={lineOf(pieces, frame)} />
        {at !== undefined && <path className={styles.now} d={`M${xOf(at, pieces.length, WIDTH)} 0V${HEIGHT}`} />}
      </svg>
      {at !== undefined && typeof piece?.mean === "number" && (
        <span className={styles.dot} style={{ insetInlineStart: `${(xOf(at, pieces.length, WIDTH) / WIDTH) * 100}%`, insetBlockStart: `${(yOf(piece.mean, frame) / HEIGHT) * 100}%` }} />
      )}
      <span className={styles.marks} aria-hidden="true">
        {axis.marks.map((mark) => (
          <span key={mark} style={{ insetBlockStart: `${(yOf(mark, frame) / HEIGHT) * 100}%` }}>
            {mark}
          </span>
        ))}
      </span>
    </>
  );
}

/** So many tones tell states apart; what is off or shut has none. */
const TONES = 5;

function Strip({ past, point, at }: { past: Past; point: Point; at: number | undefined }) {
  const id = useId();
  const tokens = point.kind === "enum" ? point.tokens.map(({ token }) => token) : [];
  const count = past.buckets.length;
  const states = past.buckets.map((bucket) => (bucket.last === null || bucket.last === undefined ? undefined : String(bucket.last)));
  return (
    <svg className={styles.drawing} viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <path className={styles.grid} d={`M0 ${HEIGHT - 1}H${WIDTH}`} />
      {stretches(states).map(({ state, from, to }) => {
        const quiet = state === "false" || state === "off" || state === "idle" || state === "docked";
        return (
          <rect
            key={`${id}${from}`}
            className={styles.state}
            data-tone={quiet ? "quiet" : tokens.length > 0 ? tokens.indexOf(state) % TONES : 0}
            x={(from / count) * WIDTH}
            y={quiet ? HEIGHT * 0.78 : HEIGHT * 0.28}
            width={((to - from) / count) * WIDTH}
            height={quiet ? HEIGHT * 0.22 : HEIGHT * 0.72}
          />
        );
      })}
      {at !== undefined && <path className={styles.now} d={`M${xOf(at, count, WIDTH)} 0V${HEIGHT}`} />}
    </svg>
  );
}
