// The one control that stands beside the name of a device: a tap does the most usual thing.

import type { Control } from "../../../state/controls";
import { useWords } from "../../../state/useWords";
import { IconButton } from "../../../ui/Button";
import { Switch } from "../../../ui/Switch";
import type { Point } from "../../../wire/types";
import styles from "./Controls.module.css";
import { Lock } from "./Lock";
import { Outcome } from "./Outcome";
import { useCommand } from "./useCommand";

export function Main({ control, name }: { control: Control; name: string }) {
  switch (control.is) {
    case "switch":
    case "opening":
      return <OnOff point={control.point} name={name} />;
    case "lock":
      return <Lock point={control.point} name={name} brief />;
    case "cover":
      return <OpenClose point={control.point} name={name} />;
    case "media":
      return <Press point={control.point} name={name} playing={["playing", "paused"]} />;
    case "machine":
      return <Press point={control.point} name={name} playing={["cleaning", "docked"]} />;
    case "button":
      return <Call point={control.point} name={name} />;
    default:
      return null;
  }
}

function OnOff({ point, name }: { point: Point; name: string }) {
  const { value, waiting, barred, wish, set } = useCommand(point);
  return (
    <span className={styles.main}>
      <Outcome wish={wish} brief />
      <Switch label={name} on={value === true} set={set} waiting={waiting} disabled={barred !== undefined} />
    </span>
  );
}

function OpenClose({ point, name }: { point: Extract<Point, { kind: "number" }>; name: string }) {
  const { t } = useWords();
  const { value, barred, wish, set } = useCommand(point);
  const [min, max] = [point.min ?? 0, point.max ?? 100];
  return (
    <span className={styles.main}>
      <Outcome wish={wish} brief />
      <IconButton label={t("openOf", { name })} icon="up" disabled={barred !== undefined || value === max} onClick={() => set(max)} />
      <IconButton label={t("closeOf", { name })} icon="down" disabled={barred !== undefined || value === min} onClick={() => set(min)} />
    </span>
  );
}

/** Starts and pauses: what plays, or what works. */
function Press({ point, name, playing: [on, off] }: { point: Point; name: string; playing: [string, string] }) {
  const { t, of } = useWords();
  const { value, words, barred, wish, set } = useCommand(point);
  const runs = value === on;
  const next = runs ? off : on;
  const word = words(next);
  return (
    <span className={styles.main}>
      <Outcome wish={wish} brief />
      <IconButton label={`${name}: ${word ? of(word) : t(runs ? "pauseIt" : "playIt")}`} icon={runs ? (off === "docked" ? "dock" : "pause") : "play"} disabled={barred !== undefined} onClick={() => set(next)} />
    </span>
  );
}

function Call({ point, name }: { point: Point; name: string }) {
  const { t } = useWords();
  const { barred, wish, set } = useCommand(point);
  return (
    <span className={styles.main}>
      <Outcome wish={wish} brief />
      <IconButton label={t("runOf", { name })} icon="play" disabled={barred !== undefined} onClick={() => set({})} />
    </span>
  );
}
