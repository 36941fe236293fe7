// What a device logs in with, to be copied now: it is shown once.

import { useWords } from "../../../state/useWords";
import { form } from "../../../ui/Form";
import { Notice } from "../../../ui/Notice";
import type { Credential } from "../../../wire/types";
import { Copy } from "./Copy";
import styles from "./Devices.module.css";

interface Props {
  credential: Credential;
  /** Whether the line to try stands here too. */
  line?: boolean;
}

export function Login({ credential, line = true }: Props) {
  const { t, of } = useWords();
  const { mqtt } = credential;
  return (
    <section className={styles.stack} aria-label={t("login")}>
      <Notice tone="warn" icon="lock">
        {t("secretOnce")}
      </Notice>
      <Copy label={t("deviceSecret")} text={credential.device_secret} />
      {mqtt ? (
        <>
          {line && <Copy label={t("tryLine")} text={mqtt.line} />}
          <div className={form.pair}>
            <Copy label={t("host")} text={mqtt.host} />
            <Copy label={t("port")} text={String(mqtt.port)} />
          </div>
          <Copy label={t("clientId")} text={mqtt.client_id} />
          <Copy label={t("username")} text={mqtt.username} />
          <Copy label={t("passwordRule")} text={of(mqtt.password)} />
        </>
      ) : (
        <Notice tone="plain">{t("noBroker")}</Notice>
      )}
      <Copy label={t("productKey")} text={credential.product_key} />
      <Copy label={t("deviceKey")} text={credential.device_key} />
    </section>
  );
}
