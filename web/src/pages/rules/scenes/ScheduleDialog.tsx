// A schedule that is made or changed: what it says, when, and what follows it. The week above shows it as it is written.

import { useState } from "react";
import { nameOf, symbolOf } from "../../../state/building";
import { useHome } from "../../../state/home";
import { firstSaid, type Says, type Unit, unitsOf, wishOf, withSays } from "../../../state/schedules";
import { ordered, useSceneList, useScheduleList } from "../../../state/sets";
import { pointWords } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { Field, form, Tick } from "../../../ui/Form";
import { Notice } from "../../../ui/Notice";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import { putSchedule } from "../../../wire/scenes";
import type { Schedule, ScheduleWish, Value } from "../../../wire/types";
import { Naming } from "../../connect/Naming";
import { RoomSelect } from "../../home/devices/RoomSelect";
import { Said } from "../../home/devices/Said";
import { PointPicker } from "../PointPicker";
import { Entries } from "./Entries";
import { namesOf } from "./SceneDialog";
import styles from "./Scenes.module.css";
import { SaidField } from "./SaidField";
import { Week } from "./Week";

const KINDS = ["switch", "number", "token"] as const;
type Kind = (typeof KINDS)[number];

const kindOf = (says: Says): Kind => (says === "switch" ? "switch" : "number" in says ? "number" : "token");

export function ScheduleDialog({ id, close }: { id?: string | undefined; close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const { value: schedules } = useScheduleList();
  return (
    <Dialog title={f(id ? "scheduleEdit" : "scheduleNew")} leave={t("close")} close={close} wide>
      {id && !schedules ? <Spinner /> : <ScheduleForm schedule={schedules?.find((one) => one.id === id)} close={close} />}
    </Dialog>
  );
}

function ScheduleForm({ schedule, close }: { schedule: Schedule | undefined; close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const [wish, setWish] = useState<ScheduleWish>(() => wishOf(schedule));
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [waits, setWaits] = useState(false);
  const put = (next: Partial<ScheduleWish>) => setWish((old) => ({ ...old, ...next }));
  const [zh, en] = [wish.names.zh?.[0] ?? "", wish.names.en?.[0] ?? ""];
  const save = async () => {
    setBusy(true);
    const answer = await ordered(putSchedule(schedule?.id, wish));
    setBusy(false);
    if ("failure" in answer) setFailure(answer.failure);
    else if ("asked" in answer.ok) setWaits(true);
    else close();
  };
  if (waits) return <Notice tone="plain">{t("waitsForPerson")}</Notice>;
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Week schedule={wish} add={(entry) => put({ week: [...(wish.week ?? []), { ...entry, value: firstSaid(wish.says) }] })} />
      <div className={form.pair}>
        <Naming zh={zh} en={en} set={(nextZh, nextEn) => put({ names: namesOf(nextZh, nextEn) })} hint={false} />
        <RoomSelect chosen={wish.space ?? ""} choose={(space) => put({ space: space || null })} />
      </div>
      <Kinds wish={wish} set={setWish} />
      <Entries says={wish.says} entries={wish.week ?? []} set={(week) => put({ week })} />
      <Followers wish={wish} put={put} />
      <div className={form.pair}>
        {(["first", "last"] as const).map((end) => (
          <Field key={end} label={f(`schedule_${end}`)}>
            {(control) => <input {...control} type="date" className={form.input} value={wish[end] ?? ""} onChange={(event) => put({ [end]: event.target.value || null })} />}
          </Field>
        ))}
      </div>
      <Tick label={f("scheduleDisabled")} hint={f("scheduleDisabledHint")} on={wish.disabled === true} set={(disabled) => put({ disabled })} />
      <Said failure={failure} />
      <div className={form.acts}>
        <Button look="main" type="submit" disabled={busy || !(zh || en)}>
          {t(busy ? "saving" : "save")}
        </Button>
        <Button onClick={close}>{t("cancel")}</Button>
      </div>
    </form>
  );
}

/** What kind of value it says, and which one where nothing else counts. */
function Kinds({ wish, set }: { wish: ScheduleWish; set: (wish: ScheduleWish) => void }) {
  const f = useFlow();
  const { says } = wish;
  const choose = (kind: Kind) => set(withSays(wish, kind === "switch" ? "switch" : kind === "number" ? { number: "Cel" } : { token: ["day", "night"] }));
  return (
    <div className={form.pair}>
      <Field label={f("scheduleSays")}>
        {(control) => (
          <select {...control} className={form.input} value={kindOf(says)} onChange={(event) => choose(event.target.value as Kind)}>
            {KINDS.map((kind) => (
              <option key={kind} value={kind}>
                {f(`says_${kind}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      {typeof says === "object" && "number" in says && (
        <Field label={f("scheduleUnit")}>
          {(control) => (
            <select {...control} className={form.input} value={says.number} onChange={(event) => set({ ...wish, says: { number: event.target.value as Unit } })}>
              {[...new Set([says.number, ...unitsOf(useHome.getState().points)])].map((unit) => (
                <option key={unit} value={unit}>
                  {symbolOf(unit) || unit}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
      {typeof says === "object" && "token" in says && (
        <Field label={f("scheduleTokens")} hint={f("scheduleTokensHint")}>
          {(control) => <input {...control} className={form.input} defaultValue={says.token.join(", ")} onBlur={(event) => set({ ...wish, says: { token: event.target.value.split(/[,，、]/).map((token) => token.trim()).filter(Boolean) } })} />}
        </Field>
      )}
      <Field label={f("scheduleOtherwise")}>{(control) => <SaidField control={control} says={says} value={wish.otherwise} set={(otherwise) => set({ ...wish, otherwise })} />}</Field>
    </div>
  );
}

/** The points and scenes that follow it. */
function Followers({ wish, put }: { wish: ScheduleWish; put: (next: Partial<ScheduleWish>) => void }) {
  const { t, of } = useWords();
  const f = useFlow();
  const { value: scenes = [] } = useSceneList();
  const here = useHome.getState();
  const followers = wish.followers ?? [];
  const without = (at: number) => put({ followers: followers.filter((_, one) => one !== at) });
  const setAt = (at: number, value: Value) => put({ followers: followers.map((old, one) => (one === at && "scene" in old ? { scene: { ...old.scene, at: value } } : old)) });
  const kind = kindOf(wish.says);
  return (
    <fieldset className={form.group}>
      <legend>{f("scheduleFollowers")}</legend>
      {followers.map((follower, at) => {
        const name = "point" in follower ? of(pointWords(here, follower.point)) : of(nameOf(scenes.find(({ id }) => id === follower.scene.scene)?.names));
        return (
          <div key={at} className={styles.setting}>
            <span>{"point" in follower ? name : f("followerScene", { name })}</span>
            {"scene" in follower ? <SaidField label={f("followerAt", { name })} says={wish.says} value={follower.scene.at} set={(value) => setAt(at, value)} /> : <span />}
            <IconButton label={f("removeOf", { name })} icon="cross" onClick={() => without(at)} />
          </div>
        );
      })}
      <PointPicker
        label={f("followerPoint")}
        without={followers.flatMap((follower) => ("point" in follower ? [follower.point] : []))}
        fits={(point) => point.writable && point.kind === ({ switch: "bool", number: "number", token: "enum" } as const)[kind]}
        pick={(point) => put({ followers: [...followers, { point }] })}
      />
      {scenes.length > 0 && (
        <Field label={f("followerAddScene")}>
          {(control) => (
            <select {...control} className={form.input} value="" onChange={(event) => put({ followers: [...followers, { scene: { scene: event.target.value, at: firstSaid(wish.says) } }] })}>
              <option value="">{t("unset")}</option>
              {scenes.map((scene) => (
                <option key={scene.id} value={scene.id}>
                  {of(nameOf(scene.names))}
                </option>
              ))}
            </select>
          )}
        </Field>
      )}
    </fieldset>
  );
}
