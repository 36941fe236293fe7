// Buttons: one look each for the main act, the other act, the quiet one and the one with an icon only.

import type { ButtonHTMLAttributes, Ref } from "react";
import styles from "./Button.module.css";
import { Icon, type IconName } from "./Icon";

interface Looks extends ButtonHTMLAttributes<HTMLButtonElement> {
  look?: "main" | "plain" | "quiet" | "chip";
  icon?: IconName;
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ look = "plain", icon, className, children, type = "button", ...rest }: Looks) {
  return (
    <button type={type} className={[styles.button, styles[look], className].filter(Boolean).join(" ")} {...rest}>
      {icon && <Icon name={icon} size={17} />}
      {children}
    </button>
  );
}

interface IconLooks extends ButtonHTMLAttributes<HTMLButtonElement> {
  /** What it does, for everyone who does not see the icon. */
  label: string;
  icon: IconName;
  look?: "main" | "bare";
  /** A small number at its corner. */
  badge?: number;
  ref?: Ref<HTMLButtonElement>;
}

export function IconButton({ label, icon, look = "bare", badge = 0, className, type = "button", ...rest }: IconLooks) {
  return (
    <button type={type} aria-label={label} title={label} className={[styles.icon, styles[look], className].filter(Boolean).join(" ")} {...rest}>
      <Icon name={icon} />
      {badge > 0 && (
        <span className={styles.badge} aria-hidden="true">
          {badge > 99 ? "99+" : badge}
        </span>
      )}
    </button>
  );
}
