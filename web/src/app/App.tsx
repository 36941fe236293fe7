// The shell: which page stands there, and the bar above it.

import { useState } from "react";
import { PANEL_BESIDE_PX, HomePage } from "../pages/home/HomePage";
import { Gone, SignIn, Starting } from "../pages/door/Door";
import { useSession } from "../state/session";
import styles from "./App.module.css";
import { Bar } from "./Bar";

export function App() {
  const phase = useSession((door) => door.phase);
  const [panel, setPanel] = useState(() => matchMedia(`(min-width: ${PANEL_BESIDE_PX}px)`).matches);
  return (
    <div className={styles.app}>
      <Bar panel={panel} setPanel={setPanel} />
      {phase.is === "starting" && <Starting />}
      {phase.is === "gone" && <Gone phase={phase} />}
      {phase.is === "out" && <SignIn phase={phase} />}
      {phase.is === "in" && <HomePage open={panel} close={() => setPanel(false)} />}
    </div>
  );
}
