// The devices of a room, or of a floor as a whole.

import type { Cell } from "../../../state/plan";
import { useWords } from "../../../state/useWords";
import { useView } from "../../../state/view";
import { described, figure } from "../../../plan/words";
import { useLook } from "../../../plan/useLook";
import { IconButton } from "../../../ui/Button";
import { DeviceCard } from "./DeviceCard";
import styles from "./RoomPanel.module.css";

export function RoomPanel({ cell }: { cell: Cell }) {
  const { t, of } = useWords();
  const choose = useView((view) => view.choose);
  const look = useLook(cell.devices);
  const name = of(cell.name);
  const back = () => {
    choose(undefined);
    // Whoever came by keyboard goes on from the room on the plan.
    document.querySelector<SVGElement>(`[data-cell="${CSS.escape(cell.id)}"]`)?.focus();
  };
  const numbers = (["temperature", "humidity", "co2"] as const).flatMap((layer) => (look[layer] === undefined ? [] : [{ layer, words: figure(layer, look[layer]) }]));
  return (
    <section className={styles.panel} aria-label={described(name, look, t)}>
      <header className={styles.head}>
        <IconButton label={t("backToAll")} icon="back" onClick={back} />
        <h2>{name}</h2>
        <dl className={styles.numbers}>
          {numbers.map(({ layer, words }) => (
            <div key={layer}>
              <dt>{t(`layer_${layer}`)}</dt>
              <dd>{words}</dd>
            </div>
          ))}
        </dl>
      </header>
      {cell.devices.length === 0 ? (
        <p className={styles.quiet}>{t("noRoomDevices")}</p>
      ) : (
        <ul className={styles.devices} aria-label={t("devices")}>
          {cell.devices.map((id) => (
            <DeviceCard key={id} id={id} />
          ))}
        </ul>
      )}
    </section>
  );
}
