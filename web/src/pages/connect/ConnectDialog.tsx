// "Connect yours": what it is first, then one way for each kind, until its first value stands on the page.

import { type ReactNode, useState } from "react";
import type { Word } from "../../lib/words";
import { useWords } from "../../state/useWords";
import { HelpLink } from "../../chat/HelpLink";
import { Dialog } from "../../ui/Dialog";
import { Icon, type IconName } from "../../ui/Icon";
import { Broker } from "./Broker";
import { Bus } from "./Bus";
import styles from "./Connect.module.css";
import { Own } from "./Own";
import { Raw } from "./Raw";

type Kind = "mqtt" | "http" | "broker" | "modbus" | "raw";

const KINDS: readonly { kind: Kind; icon: IconName; help: string; helpWord: Word }[] = [
  { kind: "mqtt", icon: "device", help: "devices", helpWord: "help_devices" },
  { kind: "http", icon: "cable", help: "devices", helpWord: "help_devices" },
  { kind: "broker", icon: "building", help: "mqtt", helpWord: "help_mqtt" },
  { kind: "modbus", icon: "table", help: "modbus", helpWord: "help_modbus" },
  { kind: "raw", icon: "rule", help: "messages", helpWord: "help_messages" },
];

export function ConnectDialog({ close }: { close: () => void }) {
  const { t } = useWords();
  const [kind, setKind] = useState<Kind>();
  const back = () => setKind(undefined);
  const chosen = KINDS.find((one) => one.kind === kind);
  const ways: Record<Kind, () => ReactNode> = {
    mqtt: () => <Own how="mqtt" back={back} close={close} />,
    http: () => <Own how="http" back={back} close={close} />,
    broker: () => <Broker back={back} close={close} />,
    modbus: () => <Bus back={back} close={close} />,
    raw: () => <Raw back={back} close={close} />,
  };
  return (
    <Dialog title={t(kind ? `kind_${kind}` : "connectTitle")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        {kind ? ways[kind]() : <Kinds choose={setKind} />}
        <HelpLink page={chosen?.help ?? "devices"}>{t(chosen?.helpWord ?? "help_devices")}</HelpLink>
      </div>
    </Dialog>
  );
}

function Kinds({ choose }: { choose: (kind: Kind) => void }) {
  const { t } = useWords();
  return (
    <>
      <p>{t("connectWhat")}</p>
      <ul className={styles.kinds}>
        {KINDS.map(({ kind, icon }, at) => (
          <li key={kind}>
            <button type="button" className={styles.kind} autoFocus={at === 0} onClick={() => choose(kind)}>
              <span className={styles.mark}>
                <Icon name={icon} size={20} />
              </span>
              <span>
                <strong>{t(`kind_${kind}`)}</strong>
                <small>{t(`kindHint_${kind}`)}</small>
              </span>
              <Icon name="chevron" size={18} />
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}
