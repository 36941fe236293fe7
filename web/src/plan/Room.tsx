// One room of the drawing. It is drawn anew when it looks different, never for a value that changes nothing to the eye.

import { memo, useId, useMemo } from "react";
import { colourOf, type Layer, onPaper } from "../lib/colour";
import type { Wall } from "../lib/geometry";
import { linesOf, widthOf } from "../lib/label";
import type { Look } from "../state/plan";
import { usePulses } from "../state/pulses";
import { useWords } from "../state/useWords";
import { Glyph, type IconName } from "../ui/Icon";
import { innerSide, LABEL_PX, type RoomDrawing, swung } from "./drawing";
import styles from "./Plan.module.css";
import { useLook } from "./useLook";
import { described, figure } from "./words";

interface Props {
  room: RoomDrawing;
  layer: Layer;
  chosen: boolean;
  inTabOrder: boolean;
  tap: (cell: string, device?: string) => void;
  /** The room that has the focus of the keyboard, or none. */
  focus: (cell: string, seen: boolean) => void;
}

export const Room = memo(function Room({ room, layer, chosen, inTabOrder, tap, focus }: Props) {
  const { t, of } = useWords();
  const { cell } = room;
  const look = useLook(cell.devices);
  const value = look[layer];
  const fill = useMemo(() => (value === undefined ? undefined : { fill: `light-dark(${colourOf(layer, value, "light")}, ${colourOf(layer, value, "dark")})` }), [layer, value]);
  return (
    <g
      className={styles.room}
      role="button"
      tabIndex={inTabOrder ? 0 : -1}
      aria-label={described(of(cell.name), look, t)}
      aria-pressed={chosen}
      data-cell={cell.id}
      onClick={(event) => tap(cell.id, (event.target as Element).closest("[data-device]")?.getAttribute("data-device") ?? undefined)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        tap(cell.id);
      }}
      onFocus={(event) => focus(cell.id, event.currentTarget.matches(":focus-visible"))}
      onBlur={() => focus(cell.id, false)}
    >
      <path className={styles.floor} data-guessed={cell.guessed} style={fill} d={room.path} />
      <Light room={room} look={look} />
      <path className={styles.wall} d={room.path} />
      <Openings room={room} look={look} />
      <Lamps room={room} look={look} />
    </g>
  );
});

interface OverProps {
  room: RoomDrawing;
  /** How much larger than usual is written. */
  writing: number;
  /** What is written in the room. */
  title: string;
  layer: Layer;
}

/** What stands over all rooms, so that no neighbour covers it: name and number, an alarm, and that something happened. */
export const Over = memo(function Over({ room, writing, title, layer }: OverProps) {
  const { t } = useWords();
  const { devices } = room.cell;
  const look = useLook(devices);
  const touches = usePulses((pulses) => devices.reduce((sum, id) => sum + (pulses.count[id] ?? 0), 0));
  const value = look[layer];
  return (
    <>
      <Label room={room} writing={writing} name={title} value={value === undefined ? undefined : figure(layer, value)} look={look} />
      {look.alarms.length > 0 && <Alarm room={room} writing={writing} words={look.alarms.map((kind) => t(`alarm_${kind}`)).join(" · ")} />}
      {touches > 0 && <path key={touches} className={styles.pulse} d={room.path} />}
    </>
  );
});

/** The glow of the lamps, kept inside of the room's walls. */
function Light({ room, look }: { room: RoomDrawing; look: Look }) {
  const id = useId();
  if (look.lamps.length === 0) return null;
  return (
    <g className={styles.light} clipPath={`url(#${id}-clip)`}>
      <clipPath id={`${id}-clip`}>
        <path d={room.path} />
      </clipPath>
      {room.lamps.map((lamp, at) => {
        const shown = look.lamps.find((one) => one.device === lamp.device);
        if (!shown) return null;
        const stopColor = `light-dark(${onPaper(shown.colour)}, ${shown.colour})`;
        return (
          <g key={lamp.device} className={styles.glow} style={{ opacity: shown.on ? 0.3 + 0.7 * shown.level : 0 }}>
            <radialGradient id={`${id}-${at}`}>
              <stop offset="0" style={{ stopColor }} />
              <stop offset="0.35" style={{ stopColor }} stopOpacity="0.62" />
              <stop offset="1" style={{ stopColor }} stopOpacity="0" />
            </radialGradient>
            {lamp.places.map((place, n) => (
              <circle key={n} cx={place.x} cy={place.y} r={room.reach * (0.75 + 0.35 * shown.level)} fill={`url(#${id}-${at})`} />
            ))}
          </g>
        );
      })}
    </g>
  );
}

/** Shown where a lamp hangs, when the room is large enough for it. */
const LAMPS_FROM_PX = 84;

function Lamps({ room, look }: { room: RoomDrawing; look: Look }) {
  if (Math.min(room.box.width, room.box.height) < LAMPS_FROM_PX) return null;
  return (
    <>
      {room.lamps.map((lamp) => {
        const shown = look.lamps.find((one) => one.device === lamp.device);
        const state = !shown ? "away" : shown.on ? "on" : "off";
        return lamp.places.map((place, n) => (
          <g key={`${lamp.device} ${n}`} data-device={lamp.device}>
            <circle className={styles.lamp} data-state={state} cx={place.x} cy={place.y} r={state === "on" ? 4 : 2.6} style={shown?.on ? { fill: shown.colour } : undefined} />
            <circle className={styles.touch} cx={place.x} cy={place.y} r="11" />
          </g>
        ));
      })}
    </>
  );
}

const line = ({ from, to }: Wall) => `M${from.x} ${from.y}L${to.x} ${to.y}`;
/** How deep a blind is drawn into the room. */
const BLIND_PX = 5;

/** Windows with their blinds, and doors: a leaf that stands open swings into the room. */
function Openings({ room, look }: { room: RoomDrawing; look: Look }) {
  const windows = look.openings.filter((one) => one.what === "window");
  const doors = look.openings.filter((one) => one.what === "door" && one.locked === undefined);
  return (
    <>
      {room.windows.map((wall, at) => {
        const [pane, cover] = [windows[at], look.covers[at]];
        const open = (pane?.open ?? 0) > 0;
        const blind = innerSide(wall, room.middle, BLIND_PX);
        const half = innerSide(wall, room.middle, -1.5);
        return (
          <g key={`w${at}`}>
            <path className={styles.gap} d={line(wall)} />
            {open ? <Leaf wall={wall} room={room} kind="window" device={pane?.device} /> : <path className={styles.pane} data-device={pane?.device} d={line(wall) + line(half)} />}
            {cover && (
              <g data-device={cover.device}>
                <path className={styles.rail} d={line(blind)} />
                <path className={styles.blind} style={{ strokeDashoffset: cover.open }} pathLength={1} d={line(blind)} />
              </g>
            )}
          </g>
        );
      })}
      {room.doors.map((wall, at) => {
        const door = doors[at];
        if (!door) return null;
        return (
          <g key={`d${at}`}>
            <path className={styles.gap} d={line(wall)} />
            {door.open > 0 ? <Leaf wall={wall} room={room} kind="door" device={door.device} /> : <path className={styles.door} data-device={door.device} d={line(wall)} />}
          </g>
        );
      })}
    </>
  );
}

function Leaf({ wall, room, kind, device }: { wall: Wall; room: RoomDrawing; kind: "window" | "door"; device: string | undefined }) {
  const { leaf, arc } = swung(wall, room.middle);
  return (
    <g className={styles.leaf} data-kind={kind} data-device={device}>
      <path className={styles.arc} d={arc} />
      <path d={leaf} />
    </g>
  );
}

/** Sizes of the writing in pixels, and the air around it; larger on a wall. */
const SIZES = { name: 12, value: 16, pad: 8, mark: 15 };

/** What runs or happens, as small pictures. */
function marksOf(look: Look): [IconName, string][] {
  const marks: [IconName, string][] = [];
  if (look.occupied) marks.push(["person", "people"]);
  for (const climate of look.climate) marks.push([({ cool: "snow", heat: "flame", air: "air" } as const)[climate], climate]);
  if (look.openings.some((one) => one.locked === false)) marks.push(["unlocked", "warn"]);
  if (look.playing) marks.push(["media", "plain"]);
  if (look.working) marks.push(["gear", "plain"]);
  if (look.offline.length > 0) marks.push(["unlink", "away"]);
  return marks;
}

interface Written {
  room: RoomDrawing;
  writing: number;
  name: string;
  value: string | undefined;
  look: Look;
}

/** The value as large as it fits: whole, or without its unit and smaller, or not at all. */
function fitting(value: string | undefined, inside: number, large: number, small: number): { words: string; size: number } | undefined {
  if (!value) return undefined;
  if (widthOf(value) * large <= inside) return { words: value, size: large };
  const short = value.replace(/(°)C|\sppm/, "$1");
  if (widthOf(short) * large <= inside) return { words: short, size: large };
  return widthOf(short) * small <= inside + 6 ? { words: short, size: small } : undefined;
}

function Label({ room, writing, name, value, look }: Written) {
  const { x, y, width, height } = room.box;
  const size = { name: SIZES.name * writing, value: SIZES.value * writing, pad: SIZES.pad * writing, mark: SIZES.mark * writing };
  const inside = width - 2 * size.pad;
  const number = fitting(value, inside, size.value, size.name);
  const left = height - 2 * size.pad - (number ? number.size + 4 : 0);
  const lines = linesOf(name, (inside + 4) / size.name, left >= 2 * size.name + 4 ? 2 : left >= size.name ? 1 : 0);
  const step = size.name * 1.25;
  const top = y + size.pad + size.name - 1;
  const numberAt = lines.length > 0 ? top + (lines.length - 1) * step + (number?.size ?? 0) + 5 * writing : y + size.pad + (number?.size ?? 0) - 2;
  const marks = marksOf(look);
  // Below the writing where there is room, otherwise beside the value.
  const under = numberAt + 6 + size.mark <= y + height - 2;
  const marksX = under ? x + size.pad - 1 : x + size.pad + (number ? widthOf(number.words) * number.size + 8 : 0);
  const marksY = under ? y + height - size.mark - size.pad + 2 : numberAt - size.mark + 2;
  const shown = marks.slice(0, Math.max(0, Math.floor((x + width - size.pad + 5 - marksX) / (size.mark + 3))));
  return (
    <g>
      {lines.map((one, at) => (
        <text key={at} className={styles.name} x={x + size.pad} y={top + at * step} fontSize={size.name}>
          {one}
        </text>
      ))}
      {number && (
        <text className={styles.value} x={x + size.pad} y={numberAt} fontSize={number.size}>
          {number.words}
        </text>
      )}
      {shown.map(([icon, tone], at) => (
        <g key={icon} className={styles.mark} data-tone={tone}>
          <Glyph name={icon} x={marksX + at * (size.mark + 3)} y={marksY} size={size.mark} />
        </g>
      ))}
    </g>
  );
}

/** Over everything else in the room: what is wrong there, in words. */
function Alarm({ room, writing, words }: { room: RoomDrawing; writing: number; words: string }) {
  const size = 13 * writing;
  const whole = widthOf(words) * size + 3.4 * size;
  // In a room too small for words the sign stands alone; the words are in its name.
  const spoken = whole <= room.box.width + 6;
  const width = spoken ? whole : 2 * size;
  const { box, middle } = room;
  const x = spoken ? Math.max(2, middle.x - width / 2) : box.x + box.width - width - 5;
  // Below what is written, where there is room.
  const y = spoken ? Math.min(Math.max(middle.y, box.y + LABEL_PX * writing + size + 4), box.y + box.height - size - 3) : box.y + box.height - size - 5;
  return (
    <g className={styles.alarm}>
      <path className={styles.alarmWall} d={room.path} />
      <rect x={x} y={y - size} width={width} height={2 * size} rx={size} />
      <Glyph name="alert" x={x + (spoken ? 0.65 : 0.38) * size} y={y - 0.64 * size} size={1.24 * size} />
      {spoken && (
        <text x={x + 2.1 * size} y={y + 0.35 * size} fontSize={size}>
          {words}
        </text>
      )}
    </g>
  );
}
