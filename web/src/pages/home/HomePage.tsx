// The one page of a signed-in person: the conversation, and the building beside it or over it.

import { useMemo, useState } from "react";
import { Chat } from "../../chat/Chat";
import { pending, useHome } from "../../state/home";
import { useWords } from "../../state/useWords";
import { IconButton } from "../../ui/Button";
import { Drawer } from "../../ui/Drawer";
import { type Tab, Tabs } from "../../ui/Tabs";
import { Building } from "./Building";
import { TaskDialog } from "./devices/Tasks";
import styles from "./HomePage.module.css";
import { Proposals } from "./Proposals";
import { Rules } from "../rules/Rules";

/** From this width on the panel stands beside the conversation. */
export const PANEL_BESIDE_PX = 1000;

type Key = "devices" | "rules" | "proposals";

interface Props {
  /** Whether there is room for the panel beside the conversation. */
  wide: boolean;
  open: boolean;
  close: () => void;
}

export function HomePage({ wide, open, close }: Props) {
  const { t } = useWords();
  return (
    <div className={styles.page}>
      <main className={styles.main}>
        <Chat />
      </main>
      {wide ? (
        open && (
          <aside className={styles.aside} aria-label={t("building")}>
            <Panel />
          </aside>
        )
      ) : (
        <Drawer label={t("building")} open={open} close={close}>
          <div className={styles.bar}>
            <h2>{t("building")}</h2>
            <IconButton label={t("closePanel")} icon="cross" onClick={close} />
          </div>
          <Panel />
        </Drawer>
      )}
      <TaskDialog />
    </div>
  );
}

function Panel() {
  const { t } = useWords();
  const proposals = useHome((home) => home.proposals);
  const waiting = useMemo(() => pending({ proposals }), [proposals]);
  const [chosen, choose] = useState<Key>("devices");
  const tabs: Tab<Key>[] = [
    { key: "devices", label: t("devices") },
    { key: "rules", label: t("rules") },
    { key: "proposals", label: t("proposals"), count: waiting.length },
  ];
  return (
    <Tabs label={t("building")} tabs={tabs} chosen={chosen} choose={choose}>
      {chosen === "devices" && <Building />}
      {chosen === "rules" && <Rules />}
      {chosen === "proposals" && <Proposals waiting={waiting} />}
    </Tabs>
  );
}
