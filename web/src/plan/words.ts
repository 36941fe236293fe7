// A room in words: what the plan shows, for everyone who does not see it, and for the table.

import type { Layer } from "../lib/colour";
import type { Look } from "../state/plan";
import type { Words } from "../state/useWords";

/** The number of a layer as it is written. */
export function figure(layer: Layer, value: number): string {
  switch (layer) {
    case "temperature":
      return `${value.toFixed(1)}°C`;
    case "co2":
      return `${Math.round(value)} ppm`;
    case "humidity":
      return `${Math.round(value)}%`;
  }
}

/** Everything but the numbers, the most urgent first. */
export function remarks(look: Look, t: Words["t"]): string[] {
  const said: string[] = look.alarms.map((kind) => t(`alarm_${kind}`));
  if (look.lamps.length > 0) {
    const n = look.lamps.filter((lamp) => lamp.on).length;
    said.push(n > 0 ? t("lampsOn", { n, all: look.lamps.length }) : t("lampsOff"));
  }
  for (const what of ["window", "door"] as const) if (look.openings.some((one) => one.what === what && one.open > 0)) said.push(t(`open_${what}`));
  if (look.openings.some((one) => one.locked === false)) said.push(t("unlocked"));
  for (const climate of look.climate) said.push(t(`climate_${climate}`));
  if (look.covers.length > 0) {
    const closed = Math.round((1 - look.covers.reduce((sum, cover) => sum + cover.open, 0) / look.covers.length) * 100);
    if (closed > 0) said.push(t("covered", { n: closed }));
  }
  if (look.playing) said.push(t("mediaPlaying"));
  if (look.working) said.push(t("machineWorks"));
  if (look.offline.length > 0) said.push(t("offlineCount", { n: look.offline.length }));
  return said;
}

/** Name, numbers and remarks in one line. */
export function described(name: string, look: Look, t: Words["t"]): string {
  const numbers = (["temperature", "humidity", "co2"] as const).flatMap((layer) => {
    const value = look[layer];
    return value === undefined ? [] : [`${t(`layer_${layer}`)} ${figure(layer, value)}`];
  });
  const people = look.occupied === undefined ? [] : [t(look.occupied ? "occupied" : "vacant")];
  return [name, ...numbers, ...people, ...remarks(look, t)].join(", ");
}
