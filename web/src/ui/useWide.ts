// Whether the window is wide enough for something, and high enough where that matters.

import { useSyncExternalStore } from "react";

export function useWide(minimum: number, height = 0): boolean {
  const query = `(min-width: ${minimum}px) and (min-height: ${height}px)`;
  return useSyncExternalStore(
    (changed) => {
      const media = matchMedia(query);
      media.addEventListener("change", changed);
      return () => media.removeEventListener("change", changed);
    },
    () => matchMedia(query).matches,
  );
}
