// The scenes as buttons. One that is in force at the moment is marked.

import { nameOf } from "../../../state/building";
import { useHome } from "../../../state/home";
import { inForce, run, useScenes } from "../../../state/scenes";
import { useSceneList } from "../../../state/sets";
import { useWords } from "../../../state/useWords";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import type { Scene } from "../../../wire/types";
import { useMayControl } from "../controls/useCommand";
import styles from "./Scenes.module.css";

export function Scenes() {
  const { t } = useWords();
  const { value } = useSceneList();
  if (!value || value.length === 0) return null;
  return (
    <section className={styles.scenes} aria-label={t("scenes")}>
      <h3>{t("scenes")}</h3>
      <ul>
        {value.map((scene) => (
          <Run key={scene.id} scene={scene} />
        ))}
      </ul>
    </section>
  );
}

function Run({ scene }: { scene: Scene }) {
  const { t, of } = useWords();
  const active = useHome((home) => inForce(scene, home.points));
  const space = useHome((home) => (scene.space ? home.spaces[scene.space] : undefined));
  const state = useScenes((all) => all.runs[scene.id]);
  const may = useMayControl();
  const failure = typeof state === "object" ? state.failure.said || t(`trouble_${state.failure.kind}`) : undefined;
  const told = state === "running" ? t("sending") : state === "done" ? t("sceneRan") : state === "asked" ? t("proposal_pending") : state === "partly" ? t("scenePartly") : (failure ?? (active ? t("sceneActive") : space ? of(nameOf(space.names)) : ""));
  return (
    <li>
      <button type="button" className={styles.scene} data-active={active} aria-pressed={active} disabled={!may || state === "running"} onClick={() => void run(scene.id)}>
        {state === "running" ? <Spinner size={18} /> : <Icon name={state === "done" ? "checks" : "scene"} size={19} />}
        <span>
          <span className={styles.name}>{of(nameOf(scene.names))}</span>
          <span className={styles.told} role="status" data-bad={state === "partly" || failure !== undefined}>
            {told}
          </span>
        </span>
      </button>
    </li>
  );
}
