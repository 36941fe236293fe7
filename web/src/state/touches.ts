// What of two states of the site was touched between them. Pure.

import type { Site } from "./home";
import { entrance, sheetsOf, whereIs } from "./plan";

type Seen = Pick<Site, "receipts" | "points">;

/** Devices whose receipt moved on. */
export function commanded(now: Seen, before: Seen): string[] {
  if (now.receipts === before.receipts) return [];
  const moved = Object.values(now.receipts).filter((receipt) => before.receipts[receipt.command]?.state !== receipt.state);
  return [...new Set(moved.map(({ device }) => device))];
}

/** Devices whose state changed at something that can be set; what only measures says nothing. */
export function changed(now: Seen, before: Seen): string[] {
  if (now.points === before.points) return [];
  const moved = Object.values(now.points).filter((point) => {
    const known = before.points[point.id];
    return point.writable && known !== undefined && known !== point && known.sample && point.sample && known.sample.value !== point.sample.value;
  });
  return [...new Set(moved.map(({ device }) => device))];
}

/** The floor to show for commanded devices: the one that stands there if it has any of them, otherwise the one with most. */
export function floorFor(site: Pick<Site, "spaces" | "devices">, devices: readonly string[], chosen: string | undefined): string | undefined {
  const sheets = sheetsOf(site);
  const floors = devices.flatMap((device) => whereIs(sheets, device)?.sheet ?? []);
  const shown = sheets.find(({ id }) => id === chosen) ?? entrance(sheets);
  if (shown && floors.includes(shown.id)) return shown.id;
  const count = (floor: string) => floors.filter((one) => one === floor).length;
  return floors.reduce<string | undefined>((best, floor) => (best === undefined || count(floor) > count(best) ? floor : best), undefined);
}
