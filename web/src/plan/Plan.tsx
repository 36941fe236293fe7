// One floor as a drawing: its rooms are buttons that arrow keys move between.

import { type KeyboardEvent, useCallback, useLayoutEffect, useMemo, useRef, useState } from "react";
import { type Direction, nextIn } from "../lib/geometry";
import { within } from "../lib/label";
import { useHome } from "../state/home";
import type { Sheet } from "../state/plan";
import { useWords } from "../state/useWords";
import { useView } from "../state/view";
import { drawingOf, type Size } from "./drawing";
import styles from "./Plan.module.css";
import { Over, Room } from "./Room";

const KEYS: Readonly<Record<string, Direction>> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };

/** The size of an element, from the moment that it is known. */
function useSize() {
  const box = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState<Size>();
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      if (width > 0 && height > 0) setSize((known) => (known?.width === width && known.height === height ? known : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return { box, size };
}

export function Plan({ sheet }: { sheet: Sheet }) {
  const { t, of } = useWords();
  const { box, size } = useSize();
  // Only what stands where matters here; values belong to the rooms.
  const devices = useHome((home) => home.devices);
  const drawing = useMemo(() => (size ? drawingOf(sheet, devices, size) : undefined), [sheet, devices, size]);
  const chosen = useView((view) => view.cell);
  const choose = useView((view) => view.choose);
  const layer = useView((view) => view.layer);
  const svg = useRef<SVGSVGElement>(null);
  const [focused, setFocused] = useState<string>();
  const [ringed, setRinged] = useState<string>();
  const focus = useCallback((cell: string, seen: boolean) => {
    setFocused(cell);
    setRinged(seen ? cell : undefined);
  }, []);
  const inTabOrder = [focused, chosen, sheet.cells[0]?.id].find((id) => sheet.cells.some((cell) => cell.id === id));

  const tap = useCallback((cell: string, device?: string) => choose(cell === useView.getState().cell && !device ? undefined : cell, device), [choose]);
  const move = (event: KeyboardEvent) => {
    if (event.key === "Escape") choose(undefined);
    const direction = KEYS[event.key];
    if (!direction || !drawing) return;
    event.preventDefault();
    const next = nextIn(drawing.rooms.map((room) => ({ id: room.cell.id, at: room.middle })), inTabOrder ?? "", direction);
    if (next) svg.current?.querySelector<SVGElement>(`[data-cell="${CSS.escape(next.id)}"]`)?.focus();
  };
  return (
    <div ref={box} className={styles.plan}>
      {drawing && (
        <svg ref={svg} className={styles.drawing} width={drawing.size.width} height={drawing.size.height} role="group" aria-label={t("planOf", { floor: of(sheet.name) })} onKeyDown={move}>
          {drawing.rooms.map((room) => (
            <Room
              key={room.cell.id}
              room={room}
              layer={layer}
              chosen={room.cell.id === chosen}
              inTabOrder={room.cell.id === inTabOrder}
              tap={tap}
              focus={focus}
            />
          ))}
          <g className={styles.over} aria-hidden="true">
            {drawing.rooms.map((room) => (
              <Over key={room.cell.id} room={room} writing={drawing.writing} title={within(of(room.cell.name), of(sheet.name))} layer={layer} />
            ))}
            {drawing.rooms.map(({ cell, path }) => (cell.id === chosen || cell.id === ringed) && <path key={cell.id} className={styles.ring} data-ringed={cell.id === ringed} d={path} />)}
          </g>
        </svg>
      )}
    </div>
  );
}
