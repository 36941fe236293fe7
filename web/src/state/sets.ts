// Scenes and schedules as lists that are read again once something of them was changed here.

import { create } from "zustand";
import type { Made } from "../wire/devices";
import * as wire from "../wire/scenes";
import type { Changed } from "../wire/types";
import { asked } from "./devices";
import { useHome, withChanged } from "./home";
import { useAsked } from "./useAsked";

const useRound = create<{ round: number }>(() => ({ round: 0 }));

const again = () => useRound.setState(({ round }) => ({ round: round + 1 }));

export function useSceneList() {
  const spaces = useHome((home) => Object.keys(home.spaces).length);
  const round = useRound((all) => all.round);
  return useAsked(wire.scenes, `${spaces} ${round}`);
}

export function useScheduleList() {
  const round = useRound((all) => all.round);
  return useAsked(wire.schedules, String(round));
}

/** Asks for a change of what exists; what it led to is taken in, and the lists are read again. */
export async function ordered<T>(request: Promise<Made<T> | Changed>) {
  const answer = await asked(request);
  if ("ok" in answer) {
    const changed = "receipts" in answer.ok ? answer.ok : "asked" in answer.ok ? answer.ok.asked : undefined;
    if (changed) useHome.getState().change((site) => withChanged(site, changed));
    again();
  }
  return answer;
}
