// The one page of a signed-in person: the conversation, and the building beside it. On a narrow window one of them
// stands there, and a bar at the bottom changes between them.

import { useMemo, useState } from "react";
import { Chat } from "../../chat/Chat";
import { pending, useHome } from "../../state/home";
import { usePulses } from "../../state/pulses";
import { SECTIONS, type Section, useView } from "../../state/view";
import { useWords } from "../../state/useWords";
import type { IconName } from "../../ui/Icon";
import { Navigation } from "../../ui/Navigation";
import { Tabs } from "../../ui/Tabs";
import { useWide } from "../../ui/useWide";
import { Alarms } from "./Alarms";
import { Away } from "./Away";
import { Building } from "./Building";
import { TaskDialog } from "./devices/Tasks";
import styles from "./HomePage.module.css";
import { PlanSection } from "./PlanSection";
import { Proposals } from "./Proposals";
import { Rules } from "../rules/Rules";

/** From this width on the building stands beside the conversation. */
export const PANEL_BESIDE_PX = 1000;
/** A narrow window that is so large has the plan above the conversation. */
const PLAN_ABOVE_PX = { width: 700, height: 900 };

const ICONS: Record<Section, IconName> = { plan: "plan", devices: "device", rules: "rule", proposals: "checks" };

interface Props {
  /** Whether there is room for the building beside the conversation. */
  wide: boolean;
  open: boolean;
}

export function HomePage({ wide, open }: Props) {
  return (
    <div className={styles.page}>
      <Away />
      <Alarms />
      {wide ? <Wide open={open} /> : <Narrow />}
    </div>
  );
}

function Wide({ open }: { open: boolean }) {
  const { t } = useWords();
  const { section, show } = useView();
  const waiting = useWaiting();
  const tabs = SECTIONS.map((key) => ({ key, label: t(key), ...(key === "proposals" ? { count: waiting.length } : {}) }));
  return (
    <div className={styles.wide}>
      <main className={styles.chat} data-alone={!open}>
        <Chat />
      </main>
      {open && (
        <aside className={styles.building} aria-label={t("building")}>
          <Tabs label={t("building")} tabs={tabs} chosen={section} choose={show} bare={section === "plan"}>
            <Shown section={section} />
          </Tabs>
        </aside>
      )}
      <TaskDialog />
    </div>
  );
}

function Narrow() {
  const { t } = useWords();
  const { section, talking, show, talk } = useView();
  const waiting = useWaiting();
  const roomy = useWide(PLAN_ABOVE_PX.width, PLAN_ABOVE_PX.height);
  const unseen = useUnseen(roomy || (!talking && section === "plan"));
  return (
    <div className={styles.narrow}>
      {talking && roomy && (
        <aside className={styles.above} aria-label={t("building")}>
          <PlanSection />
        </aside>
      )}
      <main className={styles.chat} hidden={!talking}>
        <Chat />
      </main>
      {!talking && (
        <aside className={styles.building} aria-label={t("building")}>
          {section === "plan" ? (
            <Shown section={section} />
          ) : (
            <div className={styles.scroll} tabIndex={-1}>
              <Shown section={section} />
            </div>
          )}
        </aside>
      )}
      <Navigation
        label={t("parts")}
        chosen={talking ? "talk" : section}
        choose={(key) => (key === "talk" ? talk() : show(key))}
        parts={[{ key: "talk", label: t("talk"), icon: "talk" }, ...SECTIONS.map((key) => ({ key, label: t(key), icon: ICONS[key], ...(key === "proposals" ? { count: waiting.length } : {}), ...(key === "plan" && unseen ? { news: t("planNews") } : {}) }))]}
      />
      <TaskDialog />
    </div>
  );
}

/** Whether a command reached something while the plan was not looked at. */
function useUnseen(looking: boolean): boolean {
  const touches = usePulses((pulses) => pulses.commands);
  const [seen, setSeen] = useState(touches);
  if (looking && seen !== touches) setSeen(touches);
  return !looking && seen !== touches;
}

function useWaiting() {
  const proposals = useHome((home) => home.proposals);
  return useMemo(() => pending({ proposals }), [proposals]);
}

function Shown({ section }: { section: Section }) {
  const waiting = useWaiting();
  switch (section) {
    case "plan":
      return <PlanSection />;
    case "devices":
      return <Building />;
    case "rules":
      return <Rules />;
    case "proposals":
      return <Proposals waiting={waiting} />;
  }
}
