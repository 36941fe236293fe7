// The shell: which page stands there, and the bar above it.

import { useState } from "react";
import { HomePage, PANEL_BESIDE_PX } from "../pages/home/HomePage";
import { Gone, SignIn, Starting } from "../pages/door/Door";
import { useHome } from "../state/home";
import { useSession } from "../state/session";
import { useWide } from "../ui/useWide";
import styles from "./App.module.css";
import { Bar } from "./Bar";

export function App() {
  const phase = useSession((door) => door.phase);
  // An alarm that came after the page would push everything down.
  const loaded = useHome((home) => home.loaded !== "no");
  const wide = useWide(PANEL_BESIDE_PX);
  // Beside the conversation the building stands until it is closed; on a narrow window one of them stands there.
  const [panel, setPanel] = useState(true);
  return (
    <div className={styles.app}>
      <Bar {...(wide ? { panel, setPanel } : {})} />
      {(phase.is === "starting" || (phase.is === "in" && !loaded)) && <Starting />}
      {phase.is === "gone" && <Gone phase={phase} />}
      {phase.is === "out" && <SignIn phase={phase} />}
      {phase.is === "in" && loaded && <HomePage wide={wide} open={panel} />}
    </div>
  );
}
