// The dialogue that stands in front of the page, the buttons that open one, and what was deleted lately.

import { useState } from "react";
import { clock } from "../../../lib/time";
import { nameOf } from "../../../state/building";
import { asked, restorable, useTasks } from "../../../state/devices";
import { useHome } from "../../../state/home";
import { load, useSession } from "../../../state/session";
import { useAsked } from "../../../state/useAsked";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Notice } from "../../../ui/Notice";
import * as wire from "../../../wire/devices";
import type { Failure } from "../../../wire/http";
import type { Removed } from "../../../wire/types";
import { ConnectDialog } from "../../connect/ConnectDialog";
import { Phone } from "../../connect/Phone";
import { LaterDialog } from "../../later/LaterDialog";
import { NoticesDialog } from "../../notices/NoticesDialog";
import { EditorDialog } from "../../rules/editor/EditorDialog";
import { ImportDialog } from "../../rules/exchange/ImportDialog";
import { TemplatesDialog } from "../../rules/exchange/TemplatesDialog";
import { BacktestDialog } from "../../rules/past/BacktestDialog";
import { PlayDialog } from "../../rules/PlayDialog";
import { RuleDialog } from "../../rules/RuleDialog";
import { SceneDialog, SnapshotDialog } from "../../rules/scenes/SceneDialog";
import { ScheduleDialog } from "../../rules/scenes/ScheduleDialog";
import { SiteDialog } from "../../site/SiteDialog";
import { Pins } from "../../pins/Pins";
import { Talks } from "../../talks/Talks";
import { Connections } from "./Connections";
import { DeviceDetails } from "./DeviceDetails";
import styles from "./Devices.module.css";
import { Import } from "./Import";
import { Said } from "./Said";

/** The one open dialogue, if there is one. */
export function TaskDialog() {
  const { task, close, deletedNow } = useTasks();
  switch (task?.is) {
    case "connect":
      return <ConnectDialog close={close} />;
    case "phone":
      return <Phone close={close} />;
    case "talks":
      return <Talks close={close} />;
    case "pins":
      return <Pins {...(task.said ? { said: task.said } : {})} close={close} />;
    case "import":
      return <Import close={close} />;
    case "connections":
      return <Connections close={close} />;
    case "device":
      return <DeviceDetails key={task.id} id={task.id} close={close} removed={(device) => deletedNow({ id: device.id, name: nameOf(device.names) })} />;
    case "rule":
      return <RuleDialog key={task.id} id={task.id} close={close} />;
    case "play":
      return <PlayDialog key={task.rule ?? task.proposal} {...task} close={close} />;
    case "backtest":
      return <BacktestDialog key={task.proposal} proposal={task.proposal} close={close} />;
    case "editor":
      return <EditorDialog key={task.rule ?? task.graph?.id} {...task} close={close} />;
    case "importRules":
      return <ImportDialog close={close} />;
    case "templates":
      return <TemplatesDialog close={close} />;
    case "notices":
      return <NoticesDialog close={close} />;
    case "later":
      return <LaterDialog close={close} />;
    case "site":
      return <SiteDialog close={close} />;
    case "snapshot":
      return <SnapshotDialog close={close} />;
    case "scene":
      return <SceneDialog key={task.id} id={task.id} close={close} />;
    case "schedule":
      return <ScheduleDialog key={task.id} id={task.id} close={close} />;
    case undefined:
      return null;
  }
}

/** What somebody who may change what exists can begin. */
export function DeviceTools() {
  const { t } = useWords();
  const open = useTasks((tasks) => tasks.open);
  const may = useSession((door) => door.phase.is === "in" && ["owner", "operator"].includes(door.phase.session.role));
  if (!may) return null;
  return (
    <>
      <Deleted />
      <div className={styles.tools}>
        <Button look="main" icon="plus" onClick={() => open({ is: "connect" })}>
          {t("connect")}
        </Button>
        <Button icon="table" onClick={() => open({ is: "import" })}>
          {t("importDevices")}
        </Button>
        <Button icon="cable" onClick={() => open({ is: "connections" })}>
          {t("connections")}
        </Button>
      </div>
    </>
  );
}

/** Puts a device back; what went wrong is told. */
function useRestore(id: string, done: () => void) {
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const restore = async () => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(wire.restore(id));
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    await load();
    done();
  };
  return { failure, busy, restore };
}

/** The device that was deleted just now, with the way back. */
function Deleted() {
  const { t, of } = useWords();
  const { deleted, deletedNow } = useTasks();
  const { failure, busy, restore } = useRestore(deleted?.id ?? "", () => deletedNow(undefined));
  return (
    <div role="status">
      {deleted && (
        <div className={styles.deleted}>
          <Notice
            tone="plain"
            icon="trash"
            act={
              <Button look="quiet" icon="undo" disabled={busy} onClick={() => void restore()}>
                {t("undo")}
              </Button>
            }
          >
            {t("removedOf", { name: of(deleted.name) })}
          </Notice>
          <Said failure={failure} />
        </div>
      )}
    </div>
  );
}

/** Devices that were deleted and can come back. */
export function RecentlyRemoved() {
  const { t } = useWords();
  const now = useNow(60_000);
  // A device that comes or goes is one of these.
  const count = useHome((home) => Object.keys(home.devices).sort().join());
  const { value, again } = useAsked(wire.removed, count);
  const shown = restorable(value ?? [], now);
  if (shown.length === 0) return null;
  return (
    <section className={styles.gone} aria-label={t("recentlyRemoved")}>
      <h3>{t("recentlyRemoved")}</h3>
      <ul className={styles.list}>
        {shown.map((device) => (
          <Gone key={device.id} device={device} again={again} />
        ))}
      </ul>
    </section>
  );
}

function Gone({ device, again }: { device: Removed; again: () => void }) {
  const { t, of, lang } = useWords();
  const { failure, busy, restore } = useRestore(device.id, again);
  const name = of(nameOf(device.names));
  return (
    <li className={styles.row}>
      <span>
        {name}
        <small>{t("until", { time: clock(device.until, Date.now(), lang) })}</small>
      </span>
      <Button look="quiet" icon="undo" disabled={busy} aria-label={`${t("restore")}: ${name}`} onClick={() => void restore()}>
        {t("restore")}
      </Button>
      <Said failure={failure} />
    </li>
  );
}
