// How many columns fit into an element, and which items stand in which: each goes where there is most room, once, so that
// an item that grows moves only what stands below it.

import { type RefObject, useLayoutEffect, useRef, useState } from "react";

/** Divides items among columns by their heights, in order. */
export function dealt<T>(items: readonly T[], columns: number, height: (item: T) => number): T[][] {
  const piles = Array.from({ length: Math.max(1, columns) }, () => ({ items: [] as T[], height: 0 }));
  for (const item of items) {
    const lowest = piles.reduce((best, pile) => (pile.height < best.height ? pile : best));
    lowest.items.push(item);
    lowest.height += height(item);
  }
  return piles.map((pile) => pile.items);
}

export function useColumns<E extends HTMLElement>(minimum: number, gap: number): { box: RefObject<E | null>; columns: number } {
  const box = useRef<E>(null);
  const [columns, setColumns] = useState(1);
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return;
    const measure = () => setColumns(Math.max(1, Math.floor((element.clientWidth + gap) / (minimum + gap))));
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [minimum, gap]);
  return { box, columns };
}
