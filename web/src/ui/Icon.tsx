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
  timer: "M12 21a7.500 7.500 0 1 0 0-15 7.500 7.500 0 0 0 0 15zM12 9.500v4M9.500 2.500h5M12 2.500V6M18 6.500l1.500-1.500",
  clock: "M12 7v5l3.2 2M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  question: "M9.3 9.2a2.8 2.8 0 1 1 4.3 2.4c-1 .6-1.6 1.2-1.6 2.4m0 3h.01M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18z",
  alert: "M12 8.5v4.2m0 3.3h.01M10.3 4.4 2.9 17.2A2 2 0 0 0 4.6 20h14.8a2 2 0 0 0 1.7-2.8L13.7 4.4a2 2 0 0 0-3.4 0z",
  arrow: "M4 12h15m0 0-5.5-5.5M19 12l-5.5 5.5",
  phone: "M8 3h8v18H8zM11 18h2",
  search: "M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13zm4.800-1.700L20 20",
  pencil: "M4.500 19.500l.8-3.900L16 4.900a1.700 1.700 0 0 1 2.400 0l.7.7a1.700 1.700 0 0 1 0 2.400L8.400 18.700z",
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
  talk: "M4.5 5h15v11.500h-8.500L6.500 20v-3.500h-2z",
  plan: "M3.500 4.500h17v15h-17zM3.500 12h6m3 0h8M12.500 4.500V9m0 3v7.500",
  person: "M12 11.500a3.500 3.500 0 1 0 0-7 3.500 3.500 0 0 0 0 7zM5 20c.6-3.700 3.300-5.700 7-5.700s6.400 2 7 5.700",
  snow: "M12 3v18M4.200 7.500l15.600 9M19.800 7.500l-15.600 9M9.500 4.500 12 7l2.500-2.500M9.500 19.500 12 17l2.500 2.500M4.500 11l2.800-1.500L6.500 6.400m13 6.600-2.800 1.500.8 3.100m-13-4.600 2.800 1.500-.8 3.100m13-9.200-2.800 1.500.8-3.100",
  flame: "M12 3.500c.5 3.500 5 5.500 5 10.200A5 5 0 0 1 12 19a5 5 0 0 1-5-5.300c0-2 1-3.400 2.200-4.700.3 1.500 1 2.300 1.800 2.700C10.700 9 10.800 6 12 3.500z",
  media: "M9 18.500V6l10-2v12.500M9 18.500a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0zm10-2a2.500 2.500 0 1 1-5 0 2.500 2.500 0 0 1 5 0z",
  gear: "M12 15.200a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400zM12 3.500v2.300m0 12.400v2.300M3.500 12h2.300m12.400 0h2.300M6 6l1.600 1.600m8.800 8.800L18 18M18 6l-1.600 1.600m-8.800 8.800L6 18",
  unlink: "M4 4l16 16M9.500 5.500A7 7 0 0 1 19 11.500a4 4 0 0 1 1.500 6.500M16.500 19H7a4.500 4.500 0 0 1-.8-8.900",
  unlocked: "M7 11V8a5 5 0 0 1 9.600-2M5.500 11h13v9.500h-13zm6.500 4v2",
  minus: "M5 12h14",
  play: "M8 5.500v13l10.500-6.500z",
  pause: "M8.500 5.500v13m7-13v13",
  next: "M6 6v12l8.500-6zM17.500 6v12",
  previous: "M18 6v12l-8.500-6zM6.500 6v12",
  up: "M12 19V6m0 0-5 5m5-5 5 5",
  down: "M12 5v13m0 0-5-5m5 5 5-5",
  scene: "M12 3.500 13.900 9l5.600.3-4.400 3.500 1.500 5.500L12 15.200l-4.600 3.100 1.500-5.500L4.500 9.300 10.100 9z",
  dock: "M4.500 20h15M7 20v-6.500l5-4.500 5 4.500V20M12 3v3",
  chart: "M4 19.500h16M4.500 15l4.500-5 4 3.500 6.500-8",
  back: "M20 12H5m0 0 5.500-5.500M5 12l5.500 5.500",
  bell: "M6 16.500h12l-1.500-2.500V10a4.500 4.500 0 0 0-9 0v4zM10 19.500a2 2 0 0 0 4 0M12 3.500v2",
  file: "M6 3.500h8l4 4v13H6zM14 3.500v4h4",
  pin: "M9 3.500h6M10 3.500v6L7 13.500h10l-3-4v-6M12 13.500v7",
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

/** The same line for use inside of a drawing. */
export function Glyph({ name, x, y, size }: { name: IconName; x: number; y: number; size: number }) {
  return <path className={styles.icon} d={PATHS[name]} transform={`translate(${x} ${y}) scale(${size / 24})`} />;
}

export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg className={styles.mark} width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="8" />
      <path d="M8 9h3.2v2.6h3.2V9h3.2v2.6h3.2V9H24v6.2l-2 1.6V24h-3.6v-3a2.4 2.4 0 0 0-4.8 0v3H10v-7.2l-2-1.6z" />
    </svg>
  );
}
