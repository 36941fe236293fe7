// What stands beside the plan while no room is chosen: the building in a few numbers, and the devices of the whole
// floor.

import { useMemo } from "react";
import { figure } from "../../../plan/words";
import { useHome } from "../../../state/home";
import { lookSelector, type Sheet } from "../../../state/plan";
import { useWords } from "../../../state/useWords";
import { Icon, type IconName } from "../../../ui/Icon";
import { DeviceCard } from "./DeviceCard";
import styles from "./Overview.module.css";
import { Scenes } from "./Scenes";

/** Counts over all rooms; a string, so that nothing is drawn anew while they stay. */
function useCounts(sheets: readonly Sheet[]) {
  const looks = useMemo(() => sheets.flatMap((sheet) => sheet.cells.map((cell) => lookSelector(cell.devices))), [sheets]);
  const counted = useHome((home) => {
    let [lit, lamps, used, sensed, open, climate, offline] = [0, 0, 0, 0, 0, 0, 0];
    for (const select of looks) {
      const look = select(home);
      lamps += look.lamps.length;
      lit += look.lamps.filter((lamp) => lamp.on).length;
      sensed += look.occupied === undefined ? 0 : 1;
      used += look.occupied ? 1 : 0;
      open += look.openings.filter((one) => one.open > 0).length;
      climate += look.climate.length > 0 ? 1 : 0;
      offline += look.offline.length;
    }
    return [lit, lamps, used, sensed, open, climate, offline].join();
  });
  const [lit = 0, lamps = 0, used = 0, sensed = 0, open = 0, climate = 0, offline = 0] = counted.split(",").map(Number);
  return { lit, lamps, used, sensed, open, climate, offline };
}

/** How warm it is where a weather station stands. */
function useOutside(): number | undefined {
  return useHome(({ devices, points }) => {
    const stations = Object.values(devices).filter(({ kind, online }) => kind === "weather_station" && online !== false);
    const point = stations.flatMap((device) => device.points.map((id) => points[id])).find((one) => one?.trait === "measure.temperature");
    return typeof point?.sample?.value === "number" ? Math.round(point.sample.value * 10) / 10 : undefined;
  });
}

export function Overview({ sheets, sheet }: { sheets: readonly Sheet[]; sheet: Sheet }) {
  const { t } = useWords();
  const { lit, lamps, used, sensed, open, climate, offline } = useCounts(sheets);
  const outside = useOutside();
  const facts: { icon: IconName; label: string; value: string; shown: boolean }[] = [
    { icon: "warmth", label: t("outside"), value: outside === undefined ? "" : figure("temperature", outside), shown: outside !== undefined },
    { icon: "light", label: t("lights"), value: `${lit}/${lamps}`, shown: lamps > 0 },
    { icon: "person", label: t("people"), value: `${used}/${sensed}`, shown: sensed > 0 },
    { icon: "snow", label: t("climateRunning"), value: String(climate), shown: true },
    { icon: "door", label: t("openings"), value: String(open), shown: true },
    { icon: "unlink", label: t("offlineDevices"), value: String(offline), shown: offline > 0 },
  ];
  return (
    <section className={styles.overview} aria-label={t("overview")}>
      <ul className={styles.facts}>
        {facts
          .filter(({ shown }) => shown)
          .map(({ icon, label, value }) => (
            <li key={label}>
              <Icon name={icon} size={18} />
              <span className={styles.value}>{value}</span>
              <span className={styles.label}>{label}</span>
            </li>
          ))}
      </ul>
      <p className={styles.hint}>{t("chooseRoom")}</p>
      <Scenes />
      {sheet.loose.length > 0 && (
        <>
          <h3 className={styles.title}>{t("wholeFloor")}</h3>
          <ul className={styles.devices} aria-label={t("wholeFloor")}>
            {sheet.loose.map((id) => (
              <DeviceCard key={id} id={id} />
            ))}
          </ul>
        </>
      )}
    </section>
  );
}
