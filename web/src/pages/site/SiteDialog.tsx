// The site: what it is called, which time it is there, where on Earth it lies, and which days people work. Rules by the
// clock, by the sun and on working days follow it at once.

import { type ReactNode, useId, useMemo, useState } from "react";
import { HelpLink } from "../../chat/HelpLink";
import type { Weekday } from "../../lib/week";
import { placeOf, timeIn, withDay, zones } from "../../lib/place";
import { asked } from "../../state/devices";
import { load } from "../../state/session";
import { ordered } from "../../state/sets";
import { useAsked } from "../../state/useAsked";
import { useFlow } from "../../state/useFlow";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { Button, IconButton } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Field, form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import type { Failure } from "../../wire/http";
import * as wire from "../../wire/site";
import type { SiteFacts } from "../../wire/types";
import { Naming } from "../connect/Naming";
import { Said } from "../home/devices/Said";
import { Weekdays } from "../rules/scenes/Weekdays";
import styles from "./Site.module.css";

type Calendar = NonNullable<SiteFacts["calendar"]>;

const REGIONS = ["cn", "de", "fr", "us", "none"] as const;
const WEEKEND: Weekday[] = ["sat", "sun"];

export function SiteDialog({ close }: { close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const { value: facts, failure } = useAsked(wire.site, "site");
  return (
    <Dialog title={f("site")} leave={t("close")} close={close}>
      <Said failure={failure} />
      {facts ? <SiteForm begun={facts} close={close} /> : !failure && <Spinner />}
    </Dialog>
  );
}

function SiteForm({ begun, close }: { begun: SiteFacts; close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const [facts, setFacts] = useState(begun);
  const [latitude, setLatitude] = useState(String(begun.place?.latitude ?? ""));
  const [longitude, setLongitude] = useState(String(begun.place?.longitude ?? ""));
  const [state, setState] = useState<{ busy?: boolean; failure?: Failure; waits?: boolean }>({});
  const put = (next: Partial<SiteFacts>) => setFacts((old) => ({ ...old, ...next }));
  const [zh, en] = [facts.names.zh?.[0] ?? "", facts.names.en?.[0] ?? ""];
  // The first name is what it is called; the others are what people call it too.
  const name = (next: string, old: readonly string[] | undefined) => [...(next.trim() ? [next.trim()] : []), ...(old ?? []).slice(1)];
  const save = async () => {
    setState({ busy: true });
    const answer = await ordered(wire.putSite({ ...facts, place: placeOf(latitude, longitude) ?? null }));
    if ("failure" in answer) return setState({ failure: answer.failure });
    if ("asked" in answer.ok) return setState({ waits: true });
    await asked(load());
    close();
  };
  if (state.waits) return <Notice tone="plain">{t("waitsForPerson")}</Notice>;
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Naming zh={zh} en={en} set={(nextZh, nextEn) => put({ names: { zh: name(nextZh, facts.names.zh), en: name(nextEn, facts.names.en) } })} hint={false} />
      <Zone zone={facts.time_zone} set={(time_zone) => put({ time_zone })} />
      <fieldset className={form.group}>
        <legend>{f("sitePlace")}</legend>
        <span className={form.hint}>{f("sitePlaceHint")}</span>
        <div className={form.pair}>
          <Degrees label={f("siteLatitude")} most={90} value={latitude} other={longitude} set={setLatitude} />
          <Degrees label={f("siteLongitude")} most={180} value={longitude} other={latitude} set={setLongitude} />
        </div>
      </fieldset>
      <Workdays calendar={facts.calendar ?? {}} set={(calendar) => put({ calendar })} />
      <Said failure={state.failure} />
      <div className={form.acts}>
        <Button look="main" type="submit" disabled={state.busy || !(zh || en)}>
          {t(state.busy ? "saving" : "save")}
        </Button>
        <Button onClick={close}>{t("cancel")}</Button>
      </div>
      <HelpLink page="rules">{f("siteHelp")}</HelpLink>
    </form>
  );
}

/** The time zone, with the time that it is there now. */
function Zone({ zone, set }: { zone: string; set: (zone: string) => void }) {
  const f = useFlow();
  const now = useNow(10_000);
  const known = useMemo(zones, []);
  const list = useId();
  const time = timeIn(zone, now);
  return (
    <Field label={f("siteZone")} hint={time && f("siteTime", { time })} faults={time ? [] : [f("siteNoZone")]}>
      {(control) => (
        <>
          <input {...control} className={form.input} list={list} required spellCheck={false} autoComplete="off" value={zone} onChange={(event) => set(event.target.value)} />
          <datalist id={list}>
            {known.map((one) => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}

/** One half of a place; who says one says the other. */
function Degrees({ label, most, value, other, set }: { label: string; most: number; value: string; other: string; set: (value: string) => void }) {
  return (
    <Field label={label}>
      {(control) => <input {...control} className={form.input} type="number" step="any" min={-most} max={most} required={other.trim() !== ""} value={value} onChange={(event) => set(event.target.value)} />}
    </Field>
  );
}

function Workdays({ calendar, set }: { calendar: Calendar; set: (calendar: Calendar) => void }) {
  const f = useFlow();
  const put = (next: Partial<Calendar>) => set({ ...calendar, ...next });
  return (
    <fieldset className={form.group}>
      <legend>{f("siteCalendar")}</legend>
      <Field label={f("siteRegion")}>
        {(control) => (
          <select {...control} className={form.input} value={calendar.region ?? ""} onChange={(event) => put({ region: REGIONS.find((one) => one === event.target.value) ?? null })}>
            <option value="">{f("region_zone")}</option>
            {REGIONS.map((region) => (
              <option key={region} value={region}>
                {f(`region_${region}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <div className={form.field}>
        <span className={form.label}>{f("siteWeekend")}</span>
        <Weekdays label={f("siteWeekend")} chosen={calendar.weekend ?? WEEKEND} set={(weekend) => put({ weekend })} />
      </div>
      <DayList label={f("siteHolidays")} days={calendar.holidays ?? []} set={(holidays) => put({ holidays })} />
      <DayList label={f("siteWorkdays")} days={calendar.workdays ?? []} set={(workdays) => put({ workdays })} hint={f("siteWorkdaysHint")} />
    </fieldset>
  );
}

/** Single days, added one by one. */
function DayList({ label, days, set, hint }: { label: string; days: readonly string[]; set: (days: string[]) => void; hint?: ReactNode }) {
  const f = useFlow();
  const { lang } = useWords();
  const [day, setDay] = useState("");
  const format = new Intl.DateTimeFormat(lang === "zh" ? "zh-CN" : "en", { dateStyle: "medium", timeZone: "UTC" });
  return (
    <div className={form.field} role="group" aria-label={label}>
      <span className={form.label}>{label}</span>
      {hint && <span className={form.hint}>{hint}</span>}
      {days.length > 0 && (
        <ul className={styles.days}>
          {days.map((one) => {
            const words = format.format(new Date(`${one}T00:00:00Z`));
            return (
              <li key={one}>
                <time dateTime={one}>{words}</time>
                <IconButton label={f("removeOf", { name: words })} icon="cross" onClick={() => set(days.filter((other) => other !== one))} />
              </li>
            );
          })}
        </ul>
      )}
      <div className={styles.add}>
        <input className={form.input} type="date" aria-label={f("siteDay", { what: label })} value={day} onChange={(event) => setDay(event.target.value)} />
        <Button icon="plus" disabled={day === ""} onClick={() => (set(withDay(days, day)), setDay(""))}>
          {f("siteAddDay")}
        </Button>
      </div>
    </div>
  );
}
