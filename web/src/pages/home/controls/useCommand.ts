// One point as a control has it: what it shows, whether it may be used, and what to do with it.

import { valueWords } from "../../../state/building";
import { command, isOpen, shownValue, useCommands, type Wish } from "../../../state/commands";
import { useHome } from "../../../state/home";
import { useSession } from "../../../state/session";
import type { Two } from "../../../lib/lang";
import type { Point, Value } from "../../../wire/types";

export interface Commanded {
  value: Value | undefined;
  /** A value of this point in words. */
  words: (value: Value | undefined) => Two | undefined;
  wish: Wish | undefined;
  waiting: boolean;
  /** Why it cannot be used at the moment. */
  barred: "offline" | "disabled" | "role" | undefined;
  set: (value: Value) => void;
}

/** Whether the person who is signed in may control anything. */
export const useMayControl = () => useSession((door) => door.phase.is === "in" && ["owner", "operator"].includes(door.phase.session.role));

export function useCommand(point: Point): Commanded {
  const wish = useCommands((commands) => commands.wishes[point.id]);
  const barredBy = useHome((home) => {
    const device = home.devices[point.device];
    return device?.disabled ? "disabled" : device?.online === false ? "offline" : undefined;
  });
  const may = useMayControl();
  return {
    value: shownValue(point, wish),
    words: (value) => valueWords(point, value),
    wish,
    waiting: isOpen(wish),
    barred: may ? barredBy : "role",
    set: (value) => void command(point, value),
  };
}
