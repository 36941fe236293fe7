// Line icons of one weight, drawn here. They are decoration: the control around them carries the name.

import styles from "./Icon.module.css";

const PATHS = {
  send: "M12 19V5m0 0-6 6m6-6 6 6",
  forward: "M5 6.5v11l7-5.500zm7.500 0v11l7-5.500zM20.500 6.500v11",
  book: "M12 6.500c-2-1.500-4.500-2-8-2v13.500c3.500 0 6 .5 8 2 2-1.500 4.500-2 8-2V4.500c-3.500 0-6 .5-8 2zm0 0V20",
  stop: "M7 7h10v10H7z",
  undo: "M9 14 4 9l5-5M4 9h10a6 6 0 0 1 0 12h-3",
  check: "m5 12.5 4.5 4.5L19 7.5",
  checks: "m1.5 12.8 4.5 4.5L14 7.2M12 16.6l.7.7 8.8-10.1",
  cross: "M6.5 6.5l11 11m0-11-11 11",
  clock: "M12 7v5l3.2 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  question: "M9.3 9.2a2.8 2.8 0 1 1 4.3 2.4c-1 .6-1.6 1.2-1.6 2.4m0 3h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  alert: "M12 8.5v4.2m0 3.3h.01M10.3 4.4 2.9 17.2A2 2 0 0 0 4.6 20h14.8a2 2 0 0 0 1.7-2.8L13.7 4.4a2 2 0 0 0-3.4 0z",
  arrow: "M4 12h15m0 0-5.5-5.5M19 12l-5.5 5.5",
  phone: "M8 3h8v18H8zM11 18h2",
  panel: "M4 5h16v14H4zM14.5 5v14",
  building: "M5 21V4.5L13 3v18M13 8.5l6 1.5v11M3 21h18M8.5 8h1m-1 4h1m-1 4h1m6.5-3h.5m-.5 4h.5",
  sun: "M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 3v1.5m0 15V21m9-9h-1.5m-15 0H3m15.4-6.4-1.1 1.1M6.7 17.3l-1.1 1.1m12.8 0-1.1-1.1M6.7 6.7 5.6 5.6",
  moon: "M20 14.5A8.2 8.2 0 0 1 9.5 4a8.2 8.2 0 1 0 10.5 10.5z",
  auto: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM12 3v18m0-14.5h6m-6 4h8.5m-8.5 4h8m-8 4h5.5",
  leave: "M10 4H5v16h5m4-4 4-4-4-4m4 4H9.5",
  plus: "M12 5v14M5 12h14",
  chevron: "m9 6 6 6-6 6",
  shield: "M12 3 4.5 6v5.5c0 4.6 3.2 8 7.5 9.5 4.3-1.5 7.5-4.9 7.5-9.5V6z",
  rule: "M6 4.5a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm12 11a2 2 0 1 0 0 4 2 2 0 0 0 0-4zM8 6.5h5a3 3 0 0 1 3 3v6",
  light: "M9.5 17.5h5m-4.5 3h4M12 3.5a6 6 0 0 0-3.5 10.9c.6.5 1 1.2 1 2v1h5v-1c0-.8.4-1.5 1-2A6 6 0 0 0 12 3.5z",
  warmth: "M12 14.5V6a2 2 0 1 0-4 0v8.5a4 4 0 1 0 4 0zM10 9v8m6-11h3m-3 4h2m-2 4h3",
  lock: "M7 11V8a5 5 0 0 1 10 0v3M5.5 11h13v9.5h-13zm6.5 4v2",
  cover: "M4 4h16M6 4v14m12-14v14M6 8h12M6 12h12M6 16h12m-6 2v3",
  air: "M3 9h11.5a2.5 2.5 0 1 0-2.4-3.2M3 13h15.5a2.5 2.5 0 1 1-2.4 3.2M3 17h7.5a2 2 0 1 1-1.9 2.6",
  drop: "M12 3.5c3.5 4 5.5 7 5.5 10a5.5 5.5 0 0 1-11 0c0-3 2-6 5.5-10z",
  motion: "M13 5.5a1.5 1.5 0 1 0 0-.01M8 21l2.5-5-2-3.5 2-4.5 3.5 1 2 3 3 1m-6.5 2L15 17v4M7.5 11l3-3",
  door: "M6 21V4l10-1v18M3.5 21h17M13 12h.01",
  power: "M12 4v8m5-5.2a7.5 7.5 0 1 1-10 0",
  device: "M5 5h14v10H5zM9 19h6m-3-4v4",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  more: "M6 12h.01M12 12h.01M18 12h.01",
  cable: "M7 3v5m5-5v5M5 8h9v3.5a4.5 4.5 0 0 1-9 0zM9.5 16v1.5a3.5 3.5 0 0 0 7 0V13a2.5 2.5 0 0 1 5 0v8",
  table: "M4 5h16v14H4zM4 10h16M4 14.5h16M10 5v14",
  trash: "M5 7h14M10 7V4.5h4V7m-7.5 0 .8 12.5h9.4L17.500 7M10.300 11v5m3.400-5v5",
} as const;

export type IconName = keyof typeof PATHS;

export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg className={styles.icon} width={size} height={size} viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} />
    </svg>
  );
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className={styles.mark} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M8 9h3.2v2.6h3.2V9h3.2v2.6h3.2V9H24v6.2l-2 1.6V24h-3.6v-3a2.4 2.4 0 0 0-4.8 0v3H10v-7.2l-2-1.6z" />
    </svg>
  );
}
