// Where one looks: which part of the page, which floor, layer, room and device. Known to this tab only.

import { create } from "zustand";
import type { Layer } from "../lib/colour";

/** The parts of the page beside the conversation. */
export const SECTIONS = ["plan", "devices", "rules", "proposals"] as const;
export type Section = (typeof SECTIONS)[number];

interface View {
  section: Section;
  /** On a narrow window: whether the conversation stands there instead of the section. */
  talking: boolean;
  /** The floor that is shown; none until one is chosen or a command leads to one. */
  sheet: string | undefined;
  layer: Layer;
  /** Whether the plan is shown as a table. */
  asTable: boolean;
  /** The room whose devices are shown, and the one device of it that stands open. */
  cell: string | undefined;
  device: string | undefined;
  show(section: Section): void;
  talk(): void;
  showSheet(sheet: string): void;
  setLayer(layer: Layer): void;
  setAsTable(asTable: boolean): void;
  /** Chooses a room, or none; with a device of it when that was meant. */
  choose(cell: string | undefined, device?: string): void;
  /** Opens one device of the list or of the room, or closes it again. */
  open(device: string | undefined): void;
}

export const useView = create<View>((set) => ({
  section: "plan",
  talking: true,
  sheet: undefined,
  layer: "temperature",
  asTable: false,
  cell: undefined,
  device: undefined,
  show: (section) => set({ section, talking: false }),
  talk: () => set({ talking: true }),
  showSheet: (sheet) => set((view) => (view.sheet === sheet ? view : { sheet, cell: undefined, device: undefined })),
  setLayer: (layer) => set({ layer }),
  setAsTable: (asTable) => set({ asTable }),
  choose: (cell, device) => set({ cell, device }),
  open: (device) => set({ device }),
}));
