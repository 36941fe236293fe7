// Everything that rules have told people lately, and who has read it.

import { useState } from "react";
import { clock } from "../../lib/time";
import { useTasks } from "../../state/devices";
import { useHome } from "../../state/home";
import { read } from "../../state/notices";
import { useAsked } from "../../state/useAsked";
import { useFlow } from "../../state/useFlow";
import { useNow } from "../../state/useNow";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { Icon } from "../../ui/Icon";
import { Spinner } from "../../ui/Spinner";
import type { Failure } from "../../wire/http";
import * as wire from "../../wire/notices";
import type { Notice } from "../../wire/types";
import { useMayControl } from "../home/controls/useCommand";
import { Said } from "../home/devices/Said";
import styles from "./Notices.module.css";

export function NoticesDialog({ close }: { close: () => void }) {
  const { t } = useWords();
  const f = useFlow();
  const unread = useHome((home) => home.notices);
  const may = useMayControl();
  const { value: notices, failure } = useAsked(wire.notices, Object.keys(unread).join());
  const [wrong, setWrong] = useState<Failure>();
  const ids = Object.keys(unread);
  return (
    <Dialog title={t("notices")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        {may && ids.length > 0 && (
          <div>
            <Button icon="checks" onClick={() => void read(ids).then(setWrong)}>
              {f("noticesAllRead")}
            </Button>
          </div>
        )}
        <Said failure={wrong ?? (notices ? undefined : failure)} />
        {!notices && !failure && <Spinner />}
        {notices?.length === 0 && <p className={styles.quiet}>{f("noticesNone")}</p>}
        <ul className={styles.list}>
          {notices?.map((notice) => (
            <Row key={notice.id} notice={notice} />
          ))}
        </ul>
      </div>
    </Dialog>
  );
}

function Row({ notice }: { notice: Notice }) {
  const { of, lang } = useWords();
  const f = useFlow();
  const now = useNow(60_000);
  const open = useTasks((tasks) => tasks.open);
  const rule = useHome((home) => (notice.rule ? home.rules[notice.rule] : undefined));
  return (
    <li data-level={notice.level} data-unread={!notice.read}>
      <Icon name={notice.level === "info" ? "bell" : "alert"} size={18} />
      <div>
        <p className={styles.text}>{of(notice.text)}</p>
        <p className={styles.quiet}>
          {f(`notice_${notice.level}`)} · <time dateTime={notice.at}>{clock(notice.at, now, lang)}</time> · {notice.read ? f("noticeReadBy", { name: notice.read.by.name }) : f("noticeUnread")}
        </p>
        {rule && (
          <Button look="quiet" icon="rule" onClick={() => open({ is: "rule", id: rule.id })}>
            {of(rule.name) || of(rule.readback)}
          </Button>
        )}
      </div>
    </li>
  );
}
