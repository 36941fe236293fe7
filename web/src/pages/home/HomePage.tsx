// The one page of a signed-in person: the conversation, and the building beside it. On a narrow window one of them
// stands there, and a bar at the bottom changes between them.

import { lazy, type ReactNode, Suspense, useEffect, useMemo, useState } from "react";
import { Chat } from "../../chat/Chat";
import { useTasks } from "../../state/devices";
import { pending, useHome } from "../../state/home";
import { usePulses } from "../../state/pulses";
import { SECTIONS, type Section, useView } from "../../state/view";
import { useWords } from "../../state/useWords";
import type { IconName } from "../../ui/Icon";
import { Navigation } from "../../ui/Navigation";
import { Spinner } from "../../ui/Spinner";
import { Tabs } from "../../ui/Tabs";
import { useWide } from "../../ui/useWide";
import { Alarms } from "./Alarms";
import { Away } from "./Away";
import styles from "./HomePage.module.css";
import { PlanSection } from "./PlanSection";
import { Proposals } from "./Proposals";

// What is not seen at once comes after the first paint, and then stays: a page that stands open for months must not
// look for a file of a server that was renewed meanwhile.
const parts = { building: () => import("./Building"), rules: () => import("../rules/Rules"), tasks: () => import("./devices/Tasks"), notices: () => import("../notices/Toasts") };
const Building = lazy(() => parts.building().then(({ Building }) => ({ default: Building })));
const Rules = lazy(() => parts.rules().then(({ Rules }) => ({ default: Rules })));
const Toasts = lazy(() => parts.notices().then(({ Toasts }) => ({ default: Toasts })));
const TaskDialog = lazy(() => parts.tasks().then(({ TaskDialog }) => ({ default: TaskDialog })));
/** So long after the first paint the rest is fetched. */
const REST_MS = 1_500;

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
  const told = useHome((home) => Object.keys(home.notices).length > 0);
  useEffect(() => {
    const timer = setTimeout(() => Object.values(parts).forEach((part) => void part().catch(() => undefined)), REST_MS);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div className={styles.page}>
      <Away />
      <Alarms />
      {wide ? <Wide open={open} /> : <Narrow />}
      {told && <Suspense><Toasts /></Suspense>}
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
      <Tasks />
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
      <Tasks />
    </div>
  );
}

/** The dialogue in front of the page; nothing is fetched for it before there is one. */
function Tasks() {
  const any = useTasks((tasks) => tasks.task !== undefined);
  return any && <Suspense><TaskDialog /></Suspense>;
}

function Later({ children }: { children: ReactNode }) {
  const { t } = useWords();
  return (
    <Suspense
      fallback={
        <p className={styles.later} role="status">
          <Spinner /> {t("loading")}
        </p>
      }
    >
      {children}
    </Suspense>
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
      return (
        <Later>
          <Building />
        </Later>
      );
    case "rules":
      return (
        <Later>
          <Rules />
        </Later>
      );
    case "proposals":
      return <Proposals waiting={waiting} />;
  }
}
