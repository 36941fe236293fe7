// The drawing of a graph. It is as large as it is: what does not fit is reached by scrolling, by dragging and by keys.

import { type PointerEvent, useEffect, useRef } from "react";
import { cut } from "../../../lib/label";
import { carried, type Figure, FIGURE, isEvent, type Port, portKey } from "../../../state/graph";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Glyph } from "../../../ui/Icon";
import { useWidth } from "../../../ui/useWidth";
import styles from "./Graph.module.css";
import { iconOf, type Shown } from "./shown";

const MARGIN = 14;
const ICON_PX = 16;
/** Width of a port's name, in units of its size. */
const PORT_NAME = 6.5;
/** A drawing that is a little too wide is drawn so much smaller at most. */
const SHRINK_MOST = 0.8;

export function Drawing(props: Shown & { label: string }) {
  const { placed, figures, chosen, label } = props;
  const f = useFlow();
  const { ref: box, width: room } = useWidth();
  const drag = useDrag(box);
  const place = chosen === undefined ? undefined : placed.nodes.get(chosen);
  const [width, height] = [placed.width + MARGIN * 2, placed.height + MARGIN * 2];
  const fitting = room > 0 && room < width && room >= width * SHRINK_MOST ? room / width : 1;
  useEffect(() => {
    const element = box.current;
    if (element && place) element.scrollTo({ left: (place.x + MARGIN + FIGURE.width / 2) * fitting - element.clientWidth / 2, top: (place.y + MARGIN) * fitting - element.clientHeight / 3, behavior: "smooth" });
  }, [place, fitting]);
  return (
    <div ref={box} className={styles.drawing} role="group" aria-label={f("graphPan")} tabIndex={0} data-pans="true" {...drag}>
      <svg width={width * fitting} height={height * fitting} viewBox={`${-MARGIN} ${-MARGIN} ${width} ${height}`} role="img" aria-label={label}>
        <Lines {...props} />
        {figures.map((figure) => (
          <Box key={figure.id} {...props} figure={figure} />
        ))}
      </svg>
    </div>
  );
}

/** Moves the drawing by dragging with a mouse; a finger scrolls by itself. */
function useDrag(box: { current: HTMLDivElement | null }) {
  const from = useRef<{ x: number; y: number; left: number; top: number }>(undefined);
  return {
    onPointerDown: (event: PointerEvent) => {
      const element = box.current;
      if (!element || event.pointerType !== "mouse" || event.button !== 0) return;
      from.current = { x: event.clientX, y: event.clientY, left: element.scrollLeft, top: element.scrollTop };
    },
    onPointerMove: (event: PointerEvent) => {
      const [element, start] = [box.current, from.current];
      if (element && start && event.buttons === 1) element.scrollTo(start.left + start.x - event.clientX, start.top + start.y - event.clientY);
    },
    onPointerUp: () => {
      from.current = undefined;
    },
  };
}

function Lines({ graph, figures, placed, live, pulses }: Shown) {
  return (
    <g className={styles.lines}>
      {graph.edges.map((edge, at) => {
        const out = figures.find(({ id }) => id === edge.from.node)?.outs.find(({ name }) => name === edge.from.port);
        const now = live.get(portKey(edge.from.node, edge.from.port));
        // With another key the line is another one, and moves anew.
        const fired = pulses?.get(portKey(edge.from.node, edge.from.port)) ?? 0;
        return (
          <path
            key={`${edge.from.node} ${edge.from.port} ${edge.to.node} ${edge.to.port} ${fired}`}
            d={placed.paths[at]}
            data-event={out !== undefined && isEvent(out.kind)}
            data-true={now?.value === true}
            data-fired={fired > 0}
          />
        );
      })}
    </g>
  );
}

function Box({ figure, placed, live, pulses, errors, specs, here, chosen, choose }: Shown & { figure: Figure }) {
  const { of } = useWords();
  const at = placed.nodes.get(figure.id) ?? { x: 0, y: 0 };
  const spec = specs.get(figure.node.type);
  const error = errors.get(figure.id);
  return (
    <g className={styles.node} transform={`translate(${at.x} ${at.y})`} data-group={spec?.group} data-failed={error !== undefined} data-chosen={chosen === figure.id} onClick={() => choose(chosen === figure.id ? undefined : figure.id)}>
      {error && <title>{of(error.text)}</title>}
      <rect width={FIGURE.width} height={figure.height} rx={10} />
      <g className={styles.icon}>
        <Glyph name={error ? "alert" : iconOf(spec)} x={FIGURE.pad} y={10} size={ICON_PX} />
      </g>
      <text className={styles.title} x={FIGURE.pad + ICON_PX + 8} y={23}>
        {cut(figure.title, (FIGURE.width - FIGURE.pad * 2 - ICON_PX - 8) / 12)}
      </text>
      {figure.lines.map((line, row) => (
        <text key={row} className={styles.words} x={FIGURE.pad} y={FIGURE.head + 13 + row * FIGURE.line}>
          {line}
        </text>
      ))}
      {figure.ins.map((port) => (
        <Input key={port.name} port={port} y={figure.inputs[port.name] ?? 0} />
      ))}
      {figure.outs.map((port) => (
        <Output key={port.name} port={port} y={figure.outputs[port.name] ?? 0} now={live.get(portKey(figure.id, port.name))} fired={pulses?.get(portKey(figure.id, port.name)) ?? 0} figure={figure} here={here} />
      ))}
    </g>
  );
}

function Input({ port, y }: { port: Port; y: number }) {
  return (
    <g className={styles.port} data-event={isEvent(port.kind)}>
      <circle cx={0} cy={y} r={4.5} />
      {port.told && (
        <text x={11} y={y + 4}>
          {cut(port.name, PORT_NAME)}
        </text>
      )}
    </g>
  );
}

function Output({ port, y, now, fired, figure, here }: { port: Port; y: number; now: ReturnType<Shown["live"]["get"]>; fired: number; figure: Figure; here: Shown["here"] }) {
  const { lang } = useWords();
  const value = carried(now, port.kind, figure.node, here, lang);
  const name = port.told ? cut(port.name, PORT_NAME) : "";
  return (
    <g className={styles.port} data-event={isEvent(port.kind)} data-true={now?.value === true} data-known={value !== ""}>
      {fired > 0 && <circle key={fired} className={styles.pulse} cx={FIGURE.width} cy={y} r={5} />}
      <circle cx={FIGURE.width} cy={y} r={4.5} />
      {(value || name) && (
        <text x={FIGURE.width - 12} y={y + 4} textAnchor="end">
          {name} {value && <tspan className={styles.value}>{value}</tspan>}
        </text>
      )}
    </g>
  );
}
