// Whether the system shows dark.

import { useSyncExternalStore } from "react";

const QUERY = "(prefers-color-scheme: dark)";

function subscribe(changed: () => void): () => void {
  const media = matchMedia(QUERY);
  media.addEventListener("change", changed);
  return () => media.removeEventListener("change", changed);
}

export const useDark = (): boolean => useSyncExternalStore(subscribe, () => matchMedia(QUERY).matches);
