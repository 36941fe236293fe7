// A sentence about something that went wrong or should be known, with an icon and perhaps an act.

import type { ReactNode } from "react";
import { Icon, type IconName } from "./Icon";
import styles from "./Notice.module.css";

interface Props {
  tone: "bad" | "warn" | "plain";
  icon?: IconName;
  children: ReactNode;
  act?: ReactNode;
}

export function Notice({ tone, icon = "alert", children, act }: Props) {
  return (
    <div className={[styles.notice, styles[tone]].join(" ")} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={icon} size={18} />
      <div className={styles.text}>{children}</div>
      {act}
    </div>
  );
}
