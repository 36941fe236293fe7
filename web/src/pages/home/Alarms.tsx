// Alarms across the whole page: the gravest one in a line, its whole text and the others behind it. What a person has
// seen is quiet; what is over and seen is gone. Closed it is as high for one alarm as for any: which is the gravest
// changes at any time, and nothing below may move for it.

import { type ReactNode, useId, useMemo, useState } from "react";
import { clock } from "../../lib/time";
import { acknowledge, deviceOf, isPressing, ordered, useAcknowledging } from "../../state/alarms";
import { nameOf } from "../../state/building";
import { useHome } from "../../state/home";
import { sheetsOf, whereIs } from "../../state/plan";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { useView } from "../../state/view";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import type { Alarm } from "../../wire/types";
import styles from "./Alarms.module.css";
import { useMayControl } from "./controls/useCommand";

export function Alarms() {
  const { t } = useWords();
  const known = useHome((home) => home.alarms);
  const alarms = useMemo(() => ordered(Object.values(known)), [known]);
  const [open, setOpen] = useState(false);
  const list = useId();
  const [first, ...others] = alarms;
  if (!first) return null;
  return (
    <section className={styles.strip} aria-label={t("alarms")} data-open={open} data-severity={first.severity} data-pressing={isPressing(first)}>
      <div className={styles.first}>
        <Line alarm={first}>
          <Button look="quiet" className={styles.more ?? ""} aria-expanded={open} aria-controls={list} onClick={() => setOpen(!open)}>
            {open ? t("fewerAlarms") : others.length > 0 ? t("moreAlarms", { n: others.length }) : t("wholeAlarm")}
          </Button>
        </Line>
      </div>
      <ul id={list} className={styles.others} hidden={!open || others.length === 0}>
        {others.map((alarm) => (
          <li key={alarm.id} data-severity={alarm.severity} data-pressing={isPressing(alarm)}>
            <Line alarm={alarm} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Line({ alarm, children }: { alarm: Alarm; children?: ReactNode }) {
  const { t, of, lang } = useWords();
  const now = useNow(30_000);
  const device = useHome((home) => deviceOf(alarm, home.points));
  const space = useHome((home) => home.spaces[home.devices[device ?? ""]?.space ?? ""]);
  const asked = useAcknowledging((all) => all.acknowledging[alarm.id]);
  const may = useMayControl();
  const place = space ? of(nameOf(space.names)) : "";
  const text = of(alarm.text);
  const pressing = isPressing(alarm);
  return (
    <div className={styles.line} role={pressing && alarm.state === "active" ? "alert" : undefined}>
      <Icon name="alert" size={19} />
      <span className={styles.words}>
        <strong>{t(`severity_${alarm.severity}`)}</strong> {text}
        {place && !text.includes(place) && ` · ${place}`}
      </span>
      <span className={styles.time}>
        {clock(alarm.last, now, lang)}
        {alarm.count > 1 && ` · ${t("alarmTimes", { n: alarm.count })}`}
        {alarm.state === "cleared" && ` · ${t("alarmOver")}`}
        {typeof asked === "object" && ` · ${asked.said || t(`trouble_${asked.kind}`)}`}
      </span>
      <span className={styles.acts}>
        {device && space && <Show device={device} name={text} />}
        {pressing && may && (
          <Button className={styles.act ?? ""} disabled={asked === true} aria-label={`${t("acknowledge")}: ${text}`} onClick={() => void acknowledge(alarm.id)}>
            {t("acknowledge")}
          </Button>
        )}
        {children}
      </span>
    </div>
  );
}

/** Leads to the room on the plan. */
function Show({ device, name }: { device: string; name: string }) {
  const { t } = useWords();
  const spaces = useHome((home) => home.spaces);
  const devices = useHome((home) => home.devices);
  const place = useMemo(() => whereIs(sheetsOf({ spaces, devices }), device), [spaces, devices, device]);
  if (!place) return null;
  const show = () => {
    const view = useView.getState();
    view.show("plan");
    view.showSheet(place.sheet);
    view.choose(place.cell, device);
  };
  return (
    <Button className={styles.act ?? ""} aria-label={`${t("showAlarm")}: ${name}`} onClick={show}>
      {t("showAlarm")}
    </Button>
  );
}
