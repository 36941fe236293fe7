// Time zones and places as a form has them. No React, no server.

/** The time of the day in a zone; nothing where the browser does not know the zone. */
export function timeIn(zone: string, at: number): string | undefined {
  try {
    return new Intl.DateTimeFormat("en-GB", { timeZone: zone, hour: "2-digit", minute: "2-digit" }).format(at);
  } catch {
    return undefined;
  }
}

/** The zones that the browser knows, to choose from. */
export const zones = (): string[] => Intl.supportedValuesOf("timeZone");

/** A place of what stands in two boxes: both or none. A box that holds no number is no place. */
export function placeOf(latitude: string, longitude: string): { latitude: number; longitude: number } | undefined {
  if (latitude.trim() === "" || longitude.trim() === "") return undefined;
  const place = { latitude: Number(latitude), longitude: Number(longitude) };
  return Number.isFinite(place.latitude) && Number.isFinite(place.longitude) ? place : undefined;
}

/** Days in their order, each once. */
export const withDay = (days: readonly string[], day: string): string[] => [...new Set([...days, day])].sort();
