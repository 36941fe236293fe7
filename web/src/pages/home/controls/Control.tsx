// One control with its name, by what it is. Each shows what is wanted at once and then what the device says.

import { type FormEvent, useId, useState } from "react";
import { swatch, whiteOf } from "../../../lib/colour";
import { nameOf } from "../../../state/building";
import { type Control as Of, onGrid, stepOf } from "../../../state/controls";
import { useWords } from "../../../state/useWords";
import { Button, IconButton } from "../../../ui/Button";
import { Choice } from "../../../ui/Choice";
import { form } from "../../../ui/Form";
import { Slider } from "../../../ui/Slider";
import { Stepper } from "../../../ui/Stepper";
import { Swatches } from "../../../ui/Swatches";
import { Switch } from "../../../ui/Switch";
import type { Point, Value } from "../../../wire/types";
import { PastLine } from "../rooms/PastLine";
import styles from "./Controls.module.css";
import { Lock } from "./Lock";
import { Outcome } from "./Outcome";
import { type Commanded, useCommand } from "./useCommand";

/** From so many values on they are chosen from a list instead of side by side. */
const SIDE_BY_SIDE_MAX = 4;

type NumberPoint = Extract<Point, { kind: "number" }>;
type EnumPoint = Extract<Point, { kind: "enum" }>;

export function Control({ control, device }: { control: Of; device: string }) {
  const { t, of } = useWords();
  const name = of(nameOf(control.point.names)) || control.point.identifier;
  const commanded = useCommand(control.point);
  const label = `${device}: ${name}`;
  const [past, setPast] = useState(false);
  const id = useId();
  const { point } = control;
  const kept = point.kind === "bool" || point.kind === "number" || point.kind === "enum";
  return (
    <div className={styles.control}>
      <div className={styles.caption}>
        <span className={styles.name}>{name}</span>
        {control.is !== "lock" && <Outcome wish={commanded.wish} />}
        {kept && <IconButton className={styles.chart ?? ""} icon="chart" label={t("historyOf", { name })} aria-expanded={past} aria-controls={id} onClick={() => setPast(!past)} />}
      </div>
      <Body control={control} label={label} commanded={commanded} />
      <div id={id} hidden={!past}>
        {past && <PastLine point={point} />}
      </div>
    </div>
  );
}

function Body({ control, label, commanded }: { control: Exclude<Of, { is: "reading" }> | Of; label: string; commanded: Commanded }) {
  const { value, barred, waiting, set } = commanded;
  const disabled = barred !== undefined;
  switch (control.is) {
    case "switch":
    case "opening":
      return <Switch label={label} on={value === true} set={set} waiting={waiting} disabled={disabled} />;
    case "lock":
      return <Lock point={control.point} name={label} />;
    case "cover":
      return <Cover point={control.point} stop={control.stop} label={label} commanded={commanded} />;
    case "slider":
    case "white":
      return <Range point={control.point} white={control.is === "white"} label={label} commanded={commanded} />;
    case "stepper":
      return <Steps point={control.point} label={label} commanded={commanded} />;
    case "number":
    case "text":
      return <Typed point={control.point} label={label} commanded={commanded} />;
    case "choice":
      return <Tokens point={control.point} label={label} commanded={commanded} />;
    case "colour":
      return <Colours point={control.point} label={label} commanded={commanded} />;
    case "media":
      return <Media control={control} label={label} commanded={commanded} />;
    case "machine":
      return <Machine point={control.point} label={label} commanded={commanded} />;
    case "button":
      return <Call point={control.point} label={label} commanded={commanded} />;
    case "reading":
      return null;
  }
}

interface Part<P extends Point = Point> {
  point: P;
  label: string;
  commanded: Commanded;
}

function useNumberWords({ words }: Commanded) {
  const { of } = useWords();
  return (value: number) => {
    const said = words(value);
    return said ? of(said) : String(value);
  };
}

/** Warm to cold, as the lamp will shine. */
const WHITES = `linear-gradient(to right, ${[2_000, 2_700, 3_500, 4_500, 5_500, 6_500].map(whiteOf).join(", ")})`;

function Range({ point, white = false, label, commanded }: Part<NumberPoint> & { white?: boolean }) {
  const words = useNumberWords(commanded);
  const { value, barred, set } = commanded;
  return (
    <Slider
      label={label}
      value={typeof value === "number" ? value : undefined}
      min={point.min ?? 0}
      max={point.max ?? 100}
      step={stepOf(point)}
      words={words}
      set={(next) => set(onGrid(point, next))}
      disabled={barred !== undefined}
      {...(white ? { track: WHITES } : {})}
    />
  );
}

function Cover({ point, stop, label, commanded }: Part<NumberPoint> & { stop: Point | undefined }) {
  const { t } = useWords();
  const { value, barred, set } = commanded;
  const [min, max] = [point.min ?? 0, point.max ?? 100];
  return (
    <>
      <div className={styles.buttons}>
        <Button icon="up" aria-label={`${label}: ${t("openIt")}`} disabled={barred !== undefined || value === max} onClick={() => set(max)}>
          {t("openIt")}
        </Button>
        {stop && <StopButton point={stop} label={label} />}
        <Button icon="down" aria-label={`${label}: ${t("closeIt")}`} disabled={barred !== undefined || value === min} onClick={() => set(min)}>
          {t("closeIt")}
        </Button>
      </div>
      <Range point={point} label={label} commanded={commanded} />
    </>
  );
}

function StopButton({ point, label }: { point: Point; label: string }) {
  const { t } = useWords();
  const { barred, set } = useCommand(point);
  return (
    <Button icon="stop" aria-label={`${label}: ${t("stopIt")}`} disabled={barred !== undefined} onClick={() => set({})}>
      {t("stopIt")}
    </Button>
  );
}

function Steps({ point, label, commanded }: Part<NumberPoint>) {
  const { t } = useWords();
  const words = useNumberWords(commanded);
  const { value, barred, set } = commanded;
  return (
    <Stepper
      label={label}
      less={`${label}: ${t("lessOf")}`}
      more={`${label}: ${t("moreOf")}`}
      value={typeof value === "number" ? value : undefined}
      min={point.min ?? 0}
      max={point.max ?? 100}
      step={stepOf(point)}
      words={words}
      grid={(next) => onGrid(point, next)}
      set={set}
      disabled={barred !== undefined}
    />
  );
}

/** Numbers without limits and texts are written. */
function Typed({ point, label, commanded }: Part<Extract<Point, { kind: "number" | "text" }>>) {
  const { t } = useWords();
  const { value, barred, set } = commanded;
  const [draft, setDraft] = useState<string>();
  const shown = draft ?? (value === undefined ? "" : String(value));
  const number = point.kind === "number";
  const good = draft !== undefined && (!number || (draft.trim() !== "" && Number.isFinite(Number(draft))));
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!good) return;
    set(number ? Number(draft) : draft);
    setDraft(undefined);
  };
  return (
    <form className={styles.typed} onSubmit={submit}>
      <input
        className={form.input}
        aria-label={label}
        inputMode={number ? "decimal" : "text"}
        value={shown}
        maxLength={point.kind === "text" ? point.max_chars : 24}
        autoComplete="off"
        disabled={barred !== undefined}
        onChange={(event) => setDraft(event.target.value)}
      />
      <Button type="submit" disabled={!good || barred !== undefined}>
        {t("setIt")}
      </Button>
    </form>
  );
}

function useTokens(point: EnumPoint) {
  const { of } = useWords();
  return point.tokens.map(({ token, names }) => ({ key: token, label: of(nameOf(names)) || token }));
}

function Tokens({ point, label, commanded: { value, barred, set } }: Part<EnumPoint>) {
  const options = useTokens(point);
  const chosen = typeof value === "string" ? value : "";
  if (options.length <= SIDE_BY_SIDE_MAX) return <Choice label={label} options={options} chosen={chosen} choose={set} disabled={barred !== undefined} />;
  return (
    <select className={`${form.input} ${styles.select}`} aria-label={label} value={chosen} disabled={barred !== undefined} onChange={(event) => set(event.target.value)}>
      {chosen === "" && <option value="">–</option>}
      {options.map((option) => (
        <option key={option.key} value={option.key}>
          {option.label}
        </option>
      ))}
    </select>
  );
}

function Colours({ point, label, commanded: { value, barred, set } }: Part<EnumPoint>) {
  const options = useTokens(point).map((option) => ({ ...option, colour: swatch(option.key) }));
  return <Swatches label={label} options={options} chosen={typeof value === "string" ? value : undefined} choose={set} disabled={barred !== undefined} />;
}

function Media({ control, label, commanded: { value, barred, set } }: { control: Extract<Of, { is: "media" }>; label: string; commanded: Commanded }) {
  const { t } = useWords();
  const playing = value === "playing";
  return (
    <div className={styles.buttons}>
      {control.previous && <ServiceButton point={control.previous} label={`${label}: ${t("previousIt")}`} icon="previous" />}
      <IconButton label={`${label}: ${t(playing ? "pauseIt" : "playIt")}`} icon={playing ? "pause" : "play"} look="main" disabled={barred !== undefined} onClick={() => set(playing ? "paused" : "playing")} />
      {control.next && <ServiceButton point={control.next} label={`${label}: ${t("nextIt")}`} icon="next" />}
      <IconButton label={`${label}: ${t("stopIt")}`} icon="stop" disabled={barred !== undefined || value === "idle"} onClick={() => set("idle")} />
    </div>
  );
}

function ServiceButton({ point, label, icon }: { point: Point; label: string; icon: "next" | "previous" }) {
  const { barred, set } = useCommand(point);
  return <IconButton label={label} icon={icon} disabled={barred !== undefined} onClick={() => set({})} />;
}

/** What a machine can be told, as buttons: the state that each leads to. */
const MACHINE: readonly (readonly [Value & string, "play" | "pause" | "dock" | "stop"])[] = [
  ["cleaning", "play"],
  ["paused", "pause"],
  ["docked", "dock"],
  ["idle", "stop"],
];
const TOLD = { cleaning: "startIt", paused: "pauseIt", docked: "dockIt", idle: "stopIt" } as const;

function Machine({ point, label, commanded: { value, barred, set } }: Part<EnumPoint>) {
  const { t } = useWords();
  return (
    <div className={styles.buttons}>
      {MACHINE.filter(([token]) => point.tokens.some((known) => known.token === token)).map(([token, icon]) => {
        const word = t(TOLD[token as keyof typeof TOLD]);
        return (
          <Button key={token} icon={icon} aria-label={`${label}: ${word}`} disabled={barred !== undefined || value === token} onClick={() => set(token)}>
            {word}
          </Button>
        );
      })}
    </div>
  );
}

function Call({ point, label, commanded: { barred, set } }: Part) {
  const { of } = useWords();
  return (
    <div className={styles.buttons}>
      <Button icon="play" aria-label={label} disabled={barred !== undefined} onClick={() => set({})}>
        {of(nameOf(point.names)) || point.identifier}
      </Button>
    </div>
  );
}
