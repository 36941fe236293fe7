// Whether the window is wide enough for something.

import { useSyncExternalStore } from "react";

export function useWide(minimum: number): boolean {
  const query = `(min-width: ${minimum}px)`;
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}
