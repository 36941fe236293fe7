// A chart of an answer: drawn, or as a table, with what it shows in words and its numbers to save.

import { useEffect, useId, useState } from "react";
import { cellText, csv, fileName, hasValues, heightOf } from "../state/chart";
import { tagOf } from "../lib/lang";
import { usePreferences } from "../state/preferences";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Choice } from "../ui/Choice";
import { Notice } from "../ui/Notice";
import { save } from "../ui/save";
import { Spinner } from "../ui/Spinner";
import { useDark } from "../ui/useDark";
import { useWidth } from "../ui/useWidth";
import type { Chart } from "../wire/types";
import styles from "./ChartCard.module.css";

/** More rows than this are shown on demand. */
const ROWS = 12;

type Form = "drawing" | "table";

export function ChartCard({ chart }: { chart: Chart }) {
  const { t } = useWords();
  const title = useId();
  const { frame } = chart;
  const plain = frame.kind === "table";
  const [form, setForm] = useState<Form>(plain ? "table" : "drawing");
  const known = hasValues(frame);
  return (
    <figure className={styles.card} aria-labelledby={title} lang={tagOf(frame.lang)}>
      <div className={styles.head}>
        <figcaption id={title}>{chart.title}</figcaption>
        {known && !plain && (
          <Choice
            small
            label={t("chartForm")}
            options={[
              { key: "drawing", label: t("chartDrawing") },
              { key: "table", label: t("chartTable") },
            ]}
            chosen={form}
            choose={setForm}
          />
        )}
      </div>
      {!known ? (
        <Notice tone="plain" icon="question">
          {t("chartEmpty")}
        </Notice>
      ) : form === "drawing" ? (
        <Drawing chart={chart} toTable={() => setForm("table")} />
      ) : (
        <Table chart={chart} />
      )}
      <p className={styles.words}>{chart.words}</p>
      {known && (
        <Button look="quiet" icon="download" onClick={() => save(csv(frame), `${fileName(chart.title)}.csv`, "text/csv;charset=utf-8")}>
          {t("chartSave")}
        </Button>
      )}
    </figure>
  );
}

function Drawing({ chart, toTable }: { chart: Chart; toTable: () => void }) {
  const { t } = useWords();
  const theme = usePreferences((p) => p.theme);
  const dark = useDark();
  const { ref, width } = useWidth();
  const [state, setState] = useState<"loading" | "drawn" | "broken">("loading");
  const [place, setPlace] = useState<HTMLDivElement | null>(null);
  useEffect(() => {
    if (!place || width === 0) return;
    let ended = false;
    let end: (() => void) | undefined;
    import("./draw")
      .then(({ draw }) => (ended ? undefined : draw(place, chart.spec, width)))
      .then((finalize) => {
        end = finalize;
        if (ended) end?.();
        else setState("drawn");
      })
      .catch(() => !ended && setState("broken"));
    return () => {
      ended = true;
      end?.();
    };
  }, [chart, place, width, theme, dark]);
  const height = heightOf(chart.spec, chart.frame, width || 480);
  return (
    <div ref={ref} className={styles.drawing}>
      {state === "loading" && (
        <p className={styles.loading} role="status">
          <Spinner size={14} /> {t("chartLoading")}
        </p>
      )}
      {state === "broken" && (
        <Notice
          tone="bad"
          act={
            <Button look="quiet" onClick={toTable}>
              {t("chartTable")}
            </Button>
          }
        >
          {t("chartBroken")}
        </Notice>
      )}
      <div role="img" aria-label={`${chart.title}. ${chart.words}`} hidden={state === "broken"}>
        <div ref={setPlace} className={styles.place} style={{ minBlockSize: height }} />
      </div>
    </div>
  );
}

function Table({ chart }: { chart: Chart }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const { columns, rows, lang } = chart.frame;
  const shown = all || rows.length <= ROWS + 1 ? rows : rows.slice(0, ROWS);
  return (
    <>
      <div className={styles.scroll} role="region" aria-label={chart.title} tabIndex={0}>
        <table>
          <thead>
            <tr>
              {columns.map((column) => (
                <th key={column.name} scope="col" data-number={column.role === "number" || column.role === "value"}>
                  {column.title}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((row, at) => (
              <tr key={at}>
                {columns.map((column, i) => (
                  <td key={column.name} data-number={column.role === "number" || column.role === "value"}>
                    {cellText(column, row[i] ?? null, tagOf(lang)) || <span aria-label={t("noValue")}>–</span>}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {shown.length < rows.length && (
        <Button look="quiet" onClick={() => setAll(true)}>
          {t("showAll", { n: rows.length })}
        </Button>
      )}
    </>
  );
}
