// Which picture stands for a device.

import type { IconName } from "./Icon";
import type { Point } from "../wire/types";

const BY_KIND: [RegExp, IconName][] = [
  [/light|lamp/, "light"],
  [/speaker|television|media/, "media"],
  [/scene/, "scene"],
  [/illuminance/, "sun"],
  [/smoke|boiler|gas/, "flame"],
  [/vacuum|mower/, "gear"],
  [/air_conditioner|thermostat|heater|radiator|temperature|room_sensor|weather/, "warmth"],
  [/lock/, "lock"],
  [/curtain|blind|shade|shutter|awning/, "cover"],
  [/fan|ventilation|purifier|co2|measure\.co\b|pm25|wind|air/, "air"],
  [/leak|humid|water|valve|pump|moisture/, "drop"],
  [/motion|occupancy|count/, "motion"],
  [/door|gate|window|contact/, "door"],
  [/outlet|switch|plug|meter|power|energy|button|charger|siren/, "power"],
];

export function deviceIcon(kind: string | null | undefined, points: readonly Point[]): IconName {
  // A sensor is what it measures.
  const words = kind && kind !== "sensor" ? kind : points.map((point) => point.trait ?? "").join(" ");
  return BY_KIND.find(([pattern]) => pattern.test(words))?.[1] ?? "device";
}
