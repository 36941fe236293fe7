// The schedules: the week of each, what it says now and next, and making, changing and deleting one.

import { useState } from "react";
import { clock } from "../../../lib/time";
import { nameOf } from "../../../state/building";
import { useTasks } from "../../../state/devices";
import { ordered, useScheduleList } from "../../../state/sets";
import { useFlow } from "../../../state/useFlow";
import { useNow } from "../../../state/useNow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import type { Failure } from "../../../wire/http";
import { removeSchedule } from "../../../wire/scenes";
import type { Schedule } from "../../../wire/types";
import { useMayControl } from "../../home/controls/useCommand";
import { Said } from "../../home/devices/Said";
import part from "../Part.module.css";
import styles from "./Scenes.module.css";
import { Week } from "./Week";

/** Changes that are told ahead. */
const NEXT_MAX = 3;

export function SchedulesPart() {
  const { t } = useWords();
  const f = useFlow();
  const open = useTasks((tasks) => tasks.open);
  const may = useMayControl();
  const { value: schedules, failure } = useScheduleList();
  return (
    <div className={part.part}>
      {may && (
        <div className={styles.tools}>
          <Button look="main" icon="plus" onClick={() => open({ is: "schedule" })}>
            {f("scheduleNew")}
          </Button>
          <Button icon="sun" onClick={() => open({ is: "site" })}>
            {f("site")}
          </Button>
        </div>
      )}
      {failure && !schedules && <Said failure={failure} />}
      {!schedules && !failure && (
        <p className={part.quiet} role="status">
          <Spinner size={16} /> {t("loading")}
        </p>
      )}
      {schedules?.length === 0 && <p className={part.quiet}>{f("scheduleNone")}</p>}
      <ul className={part.part} aria-label={f("schedules")}>
        {schedules?.map((schedule) => (
          <Card key={schedule.id} schedule={schedule} may={may} />
        ))}
      </ul>
    </div>
  );
}

function Card({ schedule, may }: { schedule: Schedule; may: boolean }) {
  const { t, of, lang } = useWords();
  const f = useFlow();
  const now = useNow(60_000);
  const open = useTasks((tasks) => tasks.open);
  const [sure, setSure] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const name = of(nameOf(schedule.names));
  const { rule } = schedule;
  const remove = async () => {
    const answer = await ordered(removeSchedule(schedule.id));
    setSure(false);
    setFailure("failure" in answer ? answer.failure : undefined);
  };
  return (
    <li className={styles.card}>
      <h3>
        <Icon name="clock" size={18} /> {name}
        <small>{schedule.disabled ? f("scheduleOff") : f("scheduleNow", { value: of(schedule.words) })}</small>
      </h3>
      <Week schedule={schedule} />
      {schedule.next.length > 0 && (
        <ul className={styles.next} aria-label={f("scheduleNext")}>
          {schedule.next.slice(0, NEXT_MAX).map((change) => (
            <li key={change.at}>
              <time dateTime={change.at}>{clock(change.at, now, lang)}</time> {of(change.words)}
            </li>
          ))}
        </ul>
      )}
      <div className={styles.tools}>
        {may && (
          <>
            <Button icon="pencil" aria-label={f("editOf", { name })} onClick={() => open({ is: "schedule", id: schedule.id })}>
              {t("edit")}
            </Button>
            <Button look="quiet" icon="trash" aria-label={sure ? f("reallyRemoveOf", { name }) : f("removeOf", { name })} onClick={() => (sure ? void remove() : setSure(true))} onBlur={() => setSure(false)}>
              {sure ? f("reallyRemove") : t("remove")}
            </Button>
          </>
        )}
        {rule && (
          <Button look="quiet" icon="rule" onClick={() => open({ is: "rule", id: rule })}>
            {f("scheduleRule")}
          </Button>
        )}
      </div>
      <Said failure={failure} />
    </li>
  );
}
