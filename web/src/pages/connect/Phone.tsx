// The page on the phone: a QR code of a link that works once, or how to start the server so that a phone reaches it.

import { useEffect, useRef } from "react";
import { HelpLink } from "../../chat/HelpLink";
import { clock } from "../../lib/time";
import { useAsked } from "../../state/useAsked";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { Dialog } from "../../ui/Dialog";
import { form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import { Spinner } from "../../ui/Spinner";
import { phoneLink } from "../../wire/link";
import type { LoginLink } from "../../wire/types";
import { Copy } from "../home/devices/Copy";
import { Said } from "../home/devices/Said";
import styles from "./Connect.module.css";

/** How the server is started so that other machines reach it, over TLS. */
const WIDE_COMMAND = "castellan serve --address 0.0.0.0:8443";

export function Phone({ close }: { close: () => void }) {
  const { t } = useWords();
  const { value, failure, again } = useAsked(phoneLink, "phone");
  return (
    <Dialog title={t("phone")} leave={t("close")} close={close}>
      <div className={styles.stack}>
        <Said failure={failure} />
        {!value && !failure && (
          <p className={styles.quiet} role="status">
            <Spinner size={14} /> {t("loading")}
          </p>
        )}
        {value && (value.reachable ? <Code link={value} again={again} /> : <NotYet />)}
        <HelpLink page="security">{t("help_security")}</HelpLink>
      </div>
    </Dialog>
  );
}

function Code({ link, again }: { link: LoginLink; again: () => void }) {
  const { t, lang } = useWords();
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const drawn = new DOMParser().parseFromString(link.qr, "image/svg+xml").documentElement;
    if (drawn.tagName.toLowerCase() === "svg") place.current?.replaceChildren(document.importNode(drawn, true));
  }, [link.qr]);
  return (
    <>
      <p className={styles.quiet}>{t("phoneText", { time: clock(link.expires, Date.now(), lang) })}</p>
      <div ref={place} className={styles.qr} role="img" aria-label={t("phoneQr")} />
      <Copy label={t("address")} text={link.url} />
      <div className={form.acts}>
        <Button icon="undo" onClick={again}>
          {t("phoneAnother")}
        </Button>
      </div>
    </>
  );
}

function NotYet() {
  const { t } = useWords();
  return (
    <>
      <Notice tone="plain" icon="lock">
        {t("phoneNot")}
      </Notice>
      <Copy label={t("phoneCommand")} text={WIDE_COMMAND} />
      <p className={styles.quiet}>{t("phoneNotMore")}</p>
    </>
  );
}
