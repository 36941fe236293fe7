// The scenes: what each sets, and making, changing, running and deleting one.

import { useState } from "react";
import { nameOf } from "../../../state/building";
import { useTasks } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { inForce, run, useScenes } from "../../../state/scenes";
import { ordered, useSceneList } from "../../../state/sets";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import { removeScene } from "../../../wire/scenes";
import type { Scene } from "../../../wire/types";
import { useMayControl } from "../../home/controls/useCommand";
import { Said } from "../../home/devices/Said";
import part from "../Part.module.css";
import styles from "./Scenes.module.css";

/** Settings that are told of one scene. */
const TOLD_MAX = 4;

export function ScenesPart() {
  const { t } = useWords();
  const f = useFlow();
  const open = useTasks((tasks) => tasks.open);
  const may = useMayControl();
  const { value: scenes, failure } = useSceneList();
  return (
    <div className={part.part}>
      {may && (
        <div className={styles.tools}>
          <Button look="main" icon="plus" onClick={() => open({ is: "snapshot" })}>
            {f("sceneSnap")}
          </Button>
          <Button icon="pencil" onClick={() => open({ is: "scene" })}>
            {f("sceneWrite")}
          </Button>
        </div>
      )}
      {failure && !scenes && <Said failure={failure} />}
      {!scenes && !failure && (
        <p className={part.quiet} role="status">
          <Spinner size={16} /> {t("loading")}
        </p>
      )}
      {scenes?.length === 0 && <p className={part.quiet}>{f("sceneNone")}</p>}
      <ul className={styles.list} aria-label={t("scenes")}>
        {scenes?.map((scene) => (
          <Card key={scene.id} scene={scene} may={may} />
        ))}
      </ul>
    </div>
  );
}

function Card({ scene, may }: { scene: Scene; may: boolean }) {
  const { t, of } = useWords();
  const f = useFlow();
  const open = useTasks((tasks) => tasks.open);
  const space = useHome((home) => (scene.space ? home.spaces[scene.space] : undefined));
  const active = useHome((home) => inForce(scene, home.points));
  const state = useScenes((all) => all.runs[scene.id]);
  const [sure, setSure] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const name = of(nameOf(scene.names));
  const remove = async () => {
    const answer = await ordered(removeScene(scene.id));
    setSure(false);
    setFailure("failure" in answer ? answer.failure : undefined);
  };
  const more = scene.acts.length - TOLD_MAX;
  return (
    <li className={styles.card} data-active={active}>
      <h3>
        <Icon name="scene" size={18} /> {name}
        {space && <small>{of(nameOf(space.names))}</small>}
      </h3>
      <ul className={styles.acts}>
        {scene.acts.slice(0, TOLD_MAX).map((act) => (
          <li key={act.point}>{of(act.words)}</li>
        ))}
        {more > 0 && <li>{f("andMore", { n: more })}</li>}
      </ul>
      <p className={styles.told} role="status">
        {state === "done" ? t("sceneRan") : state === "partly" ? t("scenePartly") : state === "asked" ? t("proposal_pending") : active ? t("sceneActive") : "\u00a0"}
      </p>
      {may && (
        <div className={styles.tools}>
          <Button icon="play" aria-label={t("runOf", { name })} disabled={state === "running"} onClick={() => void run(scene.id)}>
            {f("runNow")}
          </Button>
          <Button look="quiet" icon="pencil" aria-label={f("editOf", { name })} onClick={() => open({ is: "scene", id: scene.id })}>
            {t("edit")}
          </Button>
          <Button look="quiet" icon="trash" aria-label={sure ? f("reallyRemoveOf", { name }) : f("removeOf", { name })} onClick={() => (sure ? void remove() : setSure(true))} onBlur={() => setSure(false)}>
            {sure ? f("reallyRemove") : t("remove")}
          </Button>
        </div>
      )}
      <Said failure={failure ?? (typeof state === "object" ? state.failure : undefined)} />
    </li>
  );
}
