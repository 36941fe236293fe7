// The bar at the top: where one is, whether the values are live, and what belongs to the browser or the person.

import { useEffect, useMemo } from "react";
import { BOX_ID } from "../chat/Composer";
import { HelpLink } from "../chat/HelpLink";
import { tagOf } from "../lib/lang";
import { useTasks } from "../state/devices";
import { pending, useHome } from "../state/home";
import { type Theme, usePreferences } from "../state/preferences";
import { signOut, useSession } from "../state/session";
import { forget, useTalk } from "../state/talk";
import { useWords } from "../state/useWords";
import { Button, IconButton } from "../ui/Button";
import { type IconName, Mark } from "../ui/Icon";
import type { Bilingual, Session } from "../wire/types";
import styles from "./Bar.module.css";

const THEME_ICONS: Record<Theme, IconName> = { system: "auto", light: "sun", dark: "moon" };

interface Props {
  /** Whether the building stands beside the conversation; absent where there is no room for both. */
  panel?: boolean;
  setPanel?: (open: boolean) => void;
}

export function Bar({ panel, setPanel }: Props) {
  const { t, of, lang } = useWords();
  const phase = useSession((door) => door.phase);
  const { theme, setLang, nextTheme } = usePreferences();
  const session = phase.is === "in" ? phase.session : undefined;
  return (
    <header className={styles.bar}>
      {session && (
        <a className={styles.skip} href={`#${BOX_ID}`} onClick={(event) => (event.preventDefault(), document.getElementById(BOX_ID)?.focus())}>
          {t("skip")}
        </a>
      )}
      <div className={styles.brand}>
        {session && (
          <>
            <Mark />
            <span className={styles.product}>{t("product")}</span>
            <span className={styles.site}>{of(session.site)}</span>
            <LinkState />
          </>
        )}
      </div>
      <div className={styles.tools}>
        {session && <HomeTools {...{ panel, setPanel }} site={session.site} />}
        <button
          type="button"
          className={styles.lang}
          lang={tagOf(lang === "zh" ? "en" : "zh")}
          aria-label={`${lang === "zh" ? "EN" : "中"} · ${t("switchLang")}`}
          title={t("switchLang")}
          onClick={() => setLang(lang === "zh" ? "en" : "zh")}
        >
          {lang === "zh" ? "EN" : "中"}
        </button>
        <IconButton label={t("theme", { name: t(`theme_${theme}`) })} icon={THEME_ICONS[theme]} onClick={nextTheme} />
        {session && <Account session={session} />}
      </div>
    </header>
  );
}

function LinkState() {
  const { t } = useWords();
  const link = useSession((door) => door.link);
  return (
    <span className={styles.link} data-link={link} role="status" title={t(`link_${link}`)}>
      <span className={styles.linkWord}>{t(`link_${link}`)}</span>
    </span>
  );
}

function HomeTools({ panel, setPanel, site }: { panel: boolean | undefined; setPanel: Props["setPanel"]; site: Bilingual }) {
  const { t, of } = useWords();
  const proposals = useHome((home) => home.proposals);
  const waiting = useMemo(() => pending({ proposals }).length, [proposals]);
  const open = useTasks((tasks) => tasks.open);
  const unread = useHome((home) => Object.keys(home.notices).length);
  const waits = useHome((home) => Object.keys(home.timers).length);
  const talked = useTalk((talk) => talk.turns.length > 0);
  useEffect(() => {
    document.title = `${waiting > 0 ? `(${waiting}) ` : ""}${of(site)} · Castellan`;
    return () => {
      document.title = "Castellan";
    };
  }, [waiting, of, site]);
  const label = t(panel ? "closePanel" : "openPanel");
  return (
    <>
      <IconButton label={unread > 0 ? t("noticesNew", { n: unread }) : t("notices")} icon="bell" badge={unread} onClick={() => open({ is: "notices" })} />
      {waits > 0 && <IconButton className={styles.fresh ?? ""} label={t("laterWaits", { n: waits })} icon="timer" badge={waits} onClick={() => open({ is: "later" })} />}
      <IconButton label={t("talks")} icon="clock" onClick={() => open({ is: "talks" })} />
      <IconButton className={styles.fresh ?? ""} label={t("newTalk")} icon="plus" disabled={!talked} onClick={forget} />
      {setPanel && (
        <IconButton
          label={waiting > 0 ? `${label}, ${t("waiting", { n: waiting })}` : label}
          icon="building"
          badge={waiting}
          aria-expanded={panel}
          onClick={() => setPanel(!panel)}
        />
      )}
    </>
  );
}

function Account({ session }: { session: Session }) {
  const { t } = useWords();
  const open = useTasks((tasks) => tasks.open);
  const show = (is: "phone" | "later") => {
    document.getElementById("account")?.hidePopover();
    open({ is });
  };
  return (
    <>
      <button type="button" className={styles.account} popoverTarget="account" aria-label={t("account", { name: session.name })} title={t("account", { name: session.name })}>
        {[...session.name][0]?.toUpperCase() ?? "?"}
      </button>
      <div id="account" popover="auto" className={styles.menu}>
        <p>
          <strong>{session.name}</strong>
          <span>{t(`role_${session.role}`)}</span>
        </p>
        <Button icon="timer" onClick={() => show("later")}>
          {t("later")}
        </Button>
        <Button icon="phone" onClick={() => show("phone")}>
          {t("phone")}
        </Button>
        <HelpLink page="start">{t("help")}</HelpLink>
        <Button icon="leave" onClick={() => (forget(), void signOut())}>
          {t("signOut")}
        </Button>
      </div>
    </>
  );
}
