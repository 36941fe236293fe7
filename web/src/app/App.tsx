// The shell: which page stands there, and the bar above it.

import { useState } from "react";
import { HomePage, PANEL_BESIDE_PX } from "../pages/home/HomePage";
import { Gone, SignIn, Starting } from "../pages/door/Door";
import { useSession } from "../state/session";
import { useWide } from "../ui/useWide";
import styles from "./App.module.css";
import { Bar } from "./Bar";

export function App() {
  const phase = useSession((door) => door.phase);
  const wide = useWide(PANEL_BESIDE_PX);
  // Beside the conversation the panel stands open until it is closed; over it, it is closed until it is asked for.
  const [beside, setBeside] = useState(true);
  const [over, setOver] = useState(false);
  const panel = wide ? beside : over;
  const setPanel = wide ? setBeside : setOver;
  return (
    <div className={styles.app}>
      <Bar panel={panel} setPanel={setPanel} />
      {phase.is === "starting" && <Starting />}
      {phase.is === "gone" && <Gone phase={phase} />}
      {phase.is === "out" && <SignIn phase={phase} />}
      {phase.is === "in" && <HomePage wide={wide} open={panel} close={() => setPanel(false)} />}
    </div>
  );
}
