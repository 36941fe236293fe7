// What the drawing and the list of a graph share.

import type { Placed } from "../../../lib/layered";
import type { errorsOf, Figure, Live, Pulses, Specs } from "../../../state/graph";
import type { Site } from "../../../state/home";
import type { IconName } from "../../../ui/Icon";
import type { NodeSpec, RuleGraph } from "../../../wire/types";

export interface Shown {
  graph: RuleGraph;
  figures: readonly Figure[];
  placed: Placed;
  live: Live;
  pulses?: Pulses | undefined;
  errors: ReturnType<typeof errorsOf>;
  specs: Specs;
  here: Pick<Site, "devices" | "points" | "spaces">;
  chosen: string | undefined;
  choose: (node: string | undefined) => void;
}

const ICONS: Record<NodeSpec["group"], IconName> = { source: "device", condition: "question", time: "clock", logic: "rule", math: "plus", statistics: "chart", text: "talk", data: "table", action: "power" };

export const iconOf = (spec: NodeSpec | undefined): IconName => (spec ? ICONS[spec.group] : "question");
