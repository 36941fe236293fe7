// All devices with their values and controls, room by room.

import { memo, useMemo, useState } from "react";
import { nameOf, type Room, roomsOf } from "../../state/building";
import { useHome } from "../../state/home";
import { type Sheet, sheetsOf } from "../../state/plan";
import { load } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Notice } from "../../ui/Notice";
import { dealt, useColumns } from "../../ui/useColumns";
import styles from "./Building.module.css";
import { DeviceTools, RecentlyRemoved } from "./devices/Tasks";
import { DeviceCard } from "./rooms/DeviceCard";

/** From so many devices on there is a box to filter them. */
const FILTER_FROM = 8;
/** Least width of a room's card, what lies between two, and how many rows of devices its head is worth. */
const ROOM_PX = 320;
const GAP_PX = 14;
const HEAD_ROWS = 1;

export function Building() {
  const { t } = useWords();
  const devices = useHome((home) => home.devices);
  const spaces = useHome((home) => home.spaces);
  const loaded = useHome((home) => home.loaded);
  // Values belong to the devices' own cards; here only what stands where matters.
  const rooms = useMemo(() => inPlanOrder(roomsOf({ devices, points: {}, spaces }), sheetsOf({ spaces, devices })), [devices, spaces]);
  const [filter, setFilter] = useState("");
  const matching = useMemo(() => filtered(rooms, filter), [rooms, filter]);

  if (loaded === "failed")
    return (
      <Notice
        tone="bad"
        act={
          <Button look="quiet" onClick={() => void load()}>
            {t("retry")}
          </Button>
        }
      >
        {t("loadFailed")}
      </Notice>
    );
  return (
    <>
      <DeviceTools />
      {rooms.length === 0 && <p className={styles.empty}>{t("noDevices")}</p>}
      {Object.keys(devices).length >= FILTER_FROM && (
        <input className={styles.filter} type="search" value={filter} onChange={(event) => setFilter(event.target.value)} placeholder={t("filter")} aria-label={t("filter")} />
      )}
      {rooms.length > 0 && matching.length === 0 && <p className={styles.empty}>{t("noMatch")}</p>}
      <Rooms rooms={matching} />
      <RecentlyRemoved />
    </>
  );
}

function Rooms({ rooms }: { rooms: readonly Room[] }) {
  const { box, columns } = useColumns<HTMLDivElement>(ROOM_PX, GAP_PX);
  const piles = useMemo(() => dealt(rooms, columns, (room) => room.items.length + HEAD_ROWS), [rooms, columns]);
  return (
    <div ref={box} className={styles.rooms}>
      {piles.map((pile, at) => (
        <div key={at} className={styles.pile}>
          {pile.map((room) => (
            <RoomCard key={room.space?.id ?? ""} room={room} />
          ))}
        </div>
      ))}
    </div>
  );
}

/** Rooms in the order of the plan: floor by floor from below; what is not on it stands last. */
function inPlanOrder(rooms: Room[], sheets: readonly Sheet[]): Room[] {
  const order = sheets.flatMap((sheet) => [sheet.id, ...sheet.cells.map((cell) => cell.id)]);
  const rank = (room: Room) => {
    const at = [room.space, ...room.around].map((space) => order.indexOf(space?.id ?? "")).filter((n) => n >= 0);
    return at.length > 0 ? Math.max(...at) : order.length;
  };
  return [...rooms].sort((a, b) => rank(a) - rank(b));
}

/** Rooms and devices with a name, in either language, that has the text in it. */
function filtered(rooms: Room[], text: string): Room[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return rooms;
  const has = (names: { zh?: string[]; en?: string[] } | undefined) => [...(names?.zh ?? []), ...(names?.en ?? [])].some((name) => name.toLowerCase().includes(wanted));
  return rooms
    .map((room) => (has(room.space?.names) || room.around.some((space) => has(space.names)) ? room : { ...room, items: room.items.filter((item) => has(item.device.names)) }))
    .filter((room) => room.items.length > 0);
}

const RoomCard = memo(function RoomCard({ room }: { room: Room }) {
  const { t, of } = useWords();
  const name = room.space ? of(nameOf(room.space.names)) : t("nowhere");
  return (
    <section className={styles.room} aria-label={name}>
      <h3>
        {name}
        {room.around.length > 0 && <span className={styles.around}>{room.around.map((space) => of(nameOf(space.names))).join(" · ")}</span>}
      </h3>
      <ul>
        {room.items.map((item) => (
          <DeviceCard key={item.device.id} id={item.device.id} menu />
        ))}
      </ul>
    </section>
  );
});
