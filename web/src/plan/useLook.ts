// What a room looks like at the moment; its component is drawn anew only when that changes.

import { useMemo } from "react";
import { useHome } from "../state/home";
import { type Look, lookSelector } from "../state/plan";

export function useLook(devices: readonly string[]): Look {
  const select = useMemo(() => lookSelector(devices), [devices]);
  return useHome(select);
}
