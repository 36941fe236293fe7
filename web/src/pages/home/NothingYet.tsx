// A building without anything in it: what to do first.

import { useTasks } from "../../state/devices";
import { useSession } from "../../state/session";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import styles from "./NothingYet.module.css";

export function NothingYet() {
  const { t } = useWords();
  const open = useTasks((tasks) => tasks.open);
  const may = useSession((door) => door.phase.is === "in" && ["owner", "operator"].includes(door.phase.session.role));
  return (
    <div className={styles.nothing}>
      <Icon name="plan" size={40} />
      <h2>{t("noDevices")}</h2>
      <p>{t("nothingText")}</p>
      {may && (
        <Button look="main" icon="plus" onClick={() => open({ is: "connect" })}>
          {t("connect")}
        </Button>
      )}
    </div>
  );
}
