// A scene that is written down or changed: what it is called, where it belongs, and what it sets.

import { useState } from "react";
import { nameOf } from "../../../state/building";
import { useHome } from "../../../state/home";
import { ordered, useSceneList } from "../../../state/sets";
import { pointWords } from "../../../state/traces";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button, IconButton } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { form } from "../../../ui/Form";
import { Notice } from "../../../ui/Notice";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import { putScene, snapScene } from "../../../wire/scenes";
import type { Names, Scene, SceneWish, Snapped } from "../../../wire/types";
import { Naming } from "../../connect/Naming";
import { RoomSelect } from "../../home/devices/RoomSelect";
import { Said } from "../../home/devices/Said";
import { PointPicker } from "../PointPicker";
import { firstValue, ValueField } from "../ValueField";
import part from "../Part.module.css";
import styles from "./Scenes.module.css";

/** Names of both languages as they are sent. */
export const namesOf = (zh: string, en: string): Names => ({ ...(zh.trim() ? { zh: [zh.trim()] } : {}), ...(en.trim() ? { en: [en.trim()] } : {}) });

export function SceneDialog({ id, close }: { id?: string | undefined; close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const { value: scenes } = useSceneList();
  const scene = scenes?.find((one) => one.id === id);
  return (
    <Dialog title={f(id ? "sceneEdit" : "sceneWrite")} leave={t("close")} close={close}>
      {id && !scenes ? <Spinner /> : <SceneForm scene={scene} close={close} />}
    </Dialog>
  );
}

function SceneForm({ scene, close }: { scene: Scene | undefined; close: () => void }) {
  const { t, of } = useWords();
  const f = useFlow();
  const here = useHome.getState();
  const [names, setNames] = useState({ zh: scene?.names.zh?.[0] ?? "", en: scene?.names.en?.[0] ?? "" });
  const [space, setSpace] = useState(scene?.space ?? "");
  const [acts, setActs] = useState<SceneWish["acts"]>(scene?.acts.map(({ point, value }) => ({ point, value })) ?? []);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const [waits, setWaits] = useState(false);
  const save = async () => {
    setBusy(true);
    const answer = await ordered(putScene(scene?.id, { names: namesOf(names.zh, names.en), ...(space ? { space } : {}), acts }));
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
      <Naming zh={names.zh} en={names.en} set={(zh, en) => setNames({ zh, en })} hint={false} />
      <RoomSelect chosen={space} choose={setSpace} />
      <fieldset className={form.group}>
        <legend>{f("sceneSets")}</legend>
        {acts.map((act, at) => {
          const name = of(pointWords(here, act.point));
          return (
            <div key={act.point} className={styles.setting}>
              <span>{name}</span>
              <ValueField label={name} point={here.points[act.point]} value={act.value} set={(value) => setActs(acts.map((old, one) => (one === at ? { ...old, value } : old)))} />
              <IconButton label={f("removeOf", { name })} icon="cross" onClick={() => setActs(acts.filter((_, one) => one !== at))} />
            </div>
          );
        })}
        <PointPicker label={f("sceneAdd")} without={acts.map(({ point }) => point)} fits={(point) => point.writable && point.kind !== "service"} pick={(point) => setActs([...acts, { point, value: firstValue(here.points[point]) }])} />
      </fieldset>
      <Said failure={failure} />
      <div className={form.acts}>
        <Button look="main" type="submit" disabled={busy || acts.length === 0 || !(names.zh || names.en)}>
          {t(busy ? "saving" : "save")}
        </Button>
        <Button onClick={close}>{t("cancel")}</Button>
      </div>
    </form>
  );
}

/** The present state becomes a scene. */
export function SnapshotDialog({ close }: { close: () => void }) {
  const { t, of } = useWords();
  const f = useFlow();
  const [names, setNames] = useState({ zh: "", en: "" });
  const [space, setSpace] = useState("");
  const [state, setState] = useState<{ busy?: boolean; failure?: Failure; done?: Snapped; waits?: boolean }>({});
  const save = async () => {
    setState({ busy: true });
    const answer = await ordered(snapScene({ names: namesOf(names.zh, names.en), ...(space ? { space } : {}) }));
    setState("failure" in answer ? { failure: answer.failure } : "done" in answer.ok ? { done: answer.ok.done } : { waits: true });
  };
  const { done } = state;
  return (
    <Dialog title={f("sceneSnap")} leave={t("close")} close={close}>
      {state.waits && <Notice tone="plain">{t("waitsForPerson")}</Notice>}
      {done && (
        <div className={form.form} role="status">
          <Notice tone="plain" icon="check">
            {f("sceneTaken", { name: of(nameOf(done.scene.names)), n: done.scene.acts.length })}
          </Notice>
          <ul className={styles.acts}>
            {done.scene.acts.map((act) => (
              <li key={act.point}>{of(act.words)}</li>
            ))}
          </ul>
          {done.left_out.length > 0 && (
            <details>
              <summary>{f("sceneLeftOut", { n: done.left_out.length })}</summary>
              <ul className={styles.acts}>
                {done.left_out.map((one) => (
                  <li key={one.point}>
                    {of(one.name)}: {of(one.why)}
                  </li>
                ))}
              </ul>
            </details>
          )}
          <div className={form.acts}>
            <Button look="main" onClick={close}>
              {t("done")}
            </Button>
          </div>
        </div>
      )}
      {!done && !state.waits && (
        <form
          className={form.form}
          onSubmit={(event) => {
            event.preventDefault();
            void save();
          }}
        >
          <p className={part.quiet}>{f("sceneSnapCopy")}</p>
          <Naming zh={names.zh} en={names.en} set={(zh, en) => setNames({ zh, en })} hint={false} />
          <RoomSelect chosen={space} choose={setSpace} />
          <Said failure={state.failure} />
          <div className={form.acts}>
            <Button look="main" type="submit" disabled={state.busy || !(names.zh || names.en)}>
              {t(state.busy ? "saving" : "save")}
            </Button>
            <Button onClick={close}>{t("cancel")}</Button>
          </div>
        </form>
      )}
    </Dialog>
  );
}
