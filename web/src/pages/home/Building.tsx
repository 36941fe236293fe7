// Devices and their present values, room by room.

import { memo, useMemo, useState } from "react";
import { deviceIcon } from "../../chat/deviceIcon";
import { type Item, nameOf, type Room, roomsOf, valueWords } from "../../state/building";
import { useTasks } from "../../state/devices";
import { useHome } from "../../state/home";
import { load } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Button, IconButton } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import type { Point } from "../../wire/types";
import styles from "./Building.module.css";
import { DeviceTools, RecentlyRemoved } from "./devices/Tasks";

/** Values that stand beside a device's name; the others are shown when it is opened. */
const SHOWN = 2;
/** From so many devices on there is a box to filter them. */
const FILTER_FROM = 8;

export function Building() {
  const { t } = useWords();
  const { devices, points, spaces, loaded } = useHome();
  const rooms = useMemo(() => roomsOf({ devices, points, spaces }), [devices, points, spaces]);
  const [filter, setFilter] = useState("");
  const matching = useMemo(() => filtered(rooms, filter), [rooms, filter]);

  if (loaded === "no")
    return (
      <p className={styles.empty} role="status">
        <Spinner /> {t("loading")}
      </p>
    );
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
      <div className={styles.rooms}>
        {matching.map((room) => (
          <RoomCard key={room.space?.id ?? ""} room={room} />
        ))}
      </div>
      <RecentlyRemoved />
    </>
  );
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

function RoomCard({ room }: { room: Room }) {
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
          <Row key={item.device.id} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Row({ item }: { item: Item }) {
  const { t, of } = useWords();
  const { device, points } = item;
  const state = device.disabled ? t("disabled") : device.online === false ? t("offline") : undefined;
  const head = (
    <>
      <Icon name={deviceIcon(device.kind, points)} size={19} />
      <span className={styles.name}>{of(nameOf(device.names))}</span>
      {state ? (
        <span className={styles.away}>{state}</span>
      ) : (
        <span className={styles.values}>
          {points.slice(0, SHOWN).map((point) => (
            <Live key={point.id} point={point} />
          ))}
        </span>
      )}
    </>
  );
  const details = <Details item={item} />;
  const on = !state && points.some((point) => point.trait === "on_off" && point.sample?.value === true);
  const mark = state ? "away" : on ? "on" : "";
  if (points.length <= 1)
    return (
      <li className={styles.device} data-mark={mark}>
        <div className={styles.head}>{head}</div>
        {details}
      </li>
    );
  return (
    <li className={styles.device} data-mark={mark}>
      <details>
        <summary className={styles.head}>{head}</summary>
        <dl className={styles.points}>
          {points.map((point) => (
            <div key={point.id}>
              <dt>{of(nameOf(point.names)) || point.identifier}</dt>
              <dd>
                <Live point={point} />
                {point.sample?.quality && point.sample.quality !== "good" && <span className={styles.quality}>{t(`quality_${point.sample.quality}`)}</span>}
              </dd>
            </div>
          ))}
        </dl>
      </details>
      {details}
    </li>
  );
}

/** Opens the dialogue of a device. */
function Details({ item }: { item: Item }) {
  const { t, of } = useWords();
  const open = useTasks((tasks) => tasks.open);
  return <IconButton className={styles.details ?? ""} label={t("detailsOf", { name: of(nameOf(item.device.names)) })} icon="more" onClick={() => open({ is: "device", id: item.device.id })} />;
}

/** A value that lights up for a moment when it changes. */
const Live = memo(function Live({ point }: { point: Point }) {
  const { t, of } = useWords();
  const words = valueWords(point, point.sample?.value);
  const now = words?.en ?? "";
  const [seen, setSeen] = useState({ value: now, changes: 0 });
  if (seen.value !== now) setSeen({ value: now, changes: seen.changes + 1 });
  return (
    <span key={seen.changes} className={[words ? styles.live : styles.none, seen.changes > 0 ? styles.changed : ""].join(" ")}>
      {words ? of(words) : t("noValue")}
    </span>
  );
});
