// Something that is read once when it is shown, and again when asked.

import { useCallback, useEffect, useState } from "react";
import type { Failure } from "../wire/http";
import { asked } from "./devices";

interface Asked<T> {
  value: T | undefined;
  failure: Failure | undefined;
  again: () => void;
}

/** Reads by `request`; `key` says what it is about. An answer that comes too late is dropped. */
export function useAsked<T>(request: () => Promise<T>, key: string): Asked<T> {
  const [round, setRound] = useState(0);
  const [state, setState] = useState<{ value?: T; failure?: Failure }>({});
  useEffect(() => {
    let current = true;
    void asked(request()).then((answer) => {
      if (current) setState("ok" in answer ? { value: answer.ok } : { failure: answer.failure });
    });
    return () => {
      current = false;
    };
    // The request is the same for the same key.
  }, [key, round]);
  const again = useCallback(() => setRound((n) => n + 1), []);
  return { value: state.value, failure: state.failure, again };
}
