// One device: its name and values, the control that is used most, and behind it all others and what it measures.

import { memo, useId } from "react";
import { useShallow } from "zustand/react/shallow";
import { deviceIcon } from "../../../ui/deviceIcon";
import { nameOf, valueWords } from "../../../state/building";
import { isUndone, useCommands } from "../../../state/commands";
import { type Control as Of, controlsOf, mainOf } from "../../../state/controls";
import { useTasks } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { useWords } from "../../../state/useWords";
import { useView } from "../../../state/view";
import { Button, IconButton } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import type { Device, Point } from "../../../wire/types";
import { Control } from "../controls/Control";
import { Main } from "../controls/Main";
import { Outcome } from "../controls/Outcome";
import { useMayControl } from "../controls/useCommand";
import styles from "./DeviceCard.module.css";
import { Live } from "./Live";
import { Reading } from "./Reading";

/** Values that stand below a device's name; the others are shown when it is opened. */
const SHOWN = 2;

/** The points of a device that people see; the same list until one of them changes. */
function usePoints(device: Device | undefined): Point[] {
  return useHome(useShallow((home) => (device?.points ?? []).flatMap((id) => home.points[id] ?? []).filter(({ kind }) => kind !== "other")));
}

export const DeviceCard = memo(function DeviceCard({ id, menu = false }: { id: string; menu?: boolean }) {
  const { t, of } = useWords();
  const device = useHome((home) => home.devices[id]);
  const points = usePoints(device);
  const open = useView((view) => view.device === id);
  const setOpen = useView((view) => view.open);
  const details = useTasks((tasks) => tasks.open);
  const body = useId();
  if (!device) return null;
  const name = of(nameOf(device.names));
  const controls = controlsOf(points);
  const main = mainOf(controls);
  const state = device.disabled ? t("disabled") : device.online === false ? t("offline") : undefined;
  const on = !state && points.some((point) => point.trait === "on_off" && point.sample?.value === true);
  return (
    <li className={styles.device} data-mark={state ? "away" : on ? "on" : ""} data-open={open}>
      <div className={styles.head}>
        <button type="button" className={styles.title} aria-expanded={open} aria-controls={body} onClick={() => setOpen(open ? undefined : id)}>
          <span className={styles.icon}>
            <Icon name={deviceIcon(device.kind, points)} size={19} />
          </span>
          <span className={styles.words}>
            <span className={styles.name}>{name}</span>
            <span className={styles.values}>{state ?? <Values points={points} />}</span>
            {main && <Told point={main.point.id} />}
          </span>
        </button>
        {main && <Main control={main} name={name} />}
        {menu && <IconButton className={styles.menu ?? ""} label={t("detailsOf", { name })} icon="more" onClick={() => details({ is: "device", id })} />}
      </div>
      <div id={body} className={styles.body} hidden={!open}>
        {open && (
          <>
            <Controls controls={controls} shown={main} name={name} />
            {!menu && (
              <Button look="quiet" icon="more" className={styles.details ?? ""} aria-label={t("detailsOf", { name })} onClick={() => details({ is: "device", id })}>
                {t("details")}
              </Button>
            )}
          </>
        )}
      </div>
    </li>
  );
});

/** Why the control beside the name did not do what it was told, in words: a sign alone would not say. */
function Told({ point }: { point: string }) {
  const wish = useCommands((commands) => commands.wishes[point]);
  return wish && isUndone(wish) ? <Outcome wish={wish} /> : null;
}

function Values({ points }: { points: readonly Point[] }) {
  const { t } = useWords();
  const told = points.filter((point) => point.kind !== "service" && valueWords(point, point.sample?.value)).slice(0, SHOWN);
  if (told.length === 0) return points.some((point) => point.kind !== "service") ? t("noValue") : "";
  return told.map((point) => <Live key={point.id} point={point} />);
}

/** Controls that are nothing but what stands beside the name already: below they are a value with its past. */
const WHOLE = ["switch", "opening", "lock"];

function Controls({ controls, shown, name }: { controls: readonly Of[]; shown: Of | undefined; name: string }) {
  const { t } = useWords();
  const may = useMayControl();
  const above = shown && WHOLE.includes(shown.is) ? shown : undefined;
  const steered = controls.filter((control) => control.is !== "reading" && control !== above);
  const readings = controls.filter((control) => control.is === "reading" || control === above);
  return (
    <>
      {(steered.length > 0 || above) && !may && <p className={styles.quiet}>{t("mayNotControl")}</p>}
      {steered.length > 0 && (
        <div className={styles.controls}>
          {steered.map((control) => (
            <Control key={control.point.id} control={control} device={name} />
          ))}
        </div>
      )}
      {readings.length > 0 && (
        <ul className={styles.readings}>
          {readings.map(({ point }, at) => (
            <Reading key={point.id} point={point} first={at === 0 && steered.length === 0 && !above} />
          ))}
        </ul>
      )}
    </>
  );
}
