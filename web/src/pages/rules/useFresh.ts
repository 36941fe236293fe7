// Something that is read again now and then while it is looked at.

import { useEffect } from "react";
import { useAsked } from "../../state/useAsked";

/** How often it is read. */
const FRESH_MS = 8_000;

/** Reads by `request` at once and then every few seconds while the page is seen; `key` says what it is about. */
export function useFresh<T>(request: () => Promise<T>, key: string) {
  const asked = useAsked(request, key);
  const { again } = asked;
  useEffect(() => {
    const timer = setInterval(() => {
      if (!document.hidden) again();
    }, FRESH_MS);
    return () => clearInterval(timer);
  }, [again]);
  return asked;
}
