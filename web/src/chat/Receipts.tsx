// What became of the commands of a turn: a state in icon and word for each, kept up to date by the stream.

import { useState } from "react";
import { inSentence } from "../lib/speech";
import type { Word } from "../lib/words";
import { nameOf, valueWords } from "../state/building";
import { useHome } from "../state/home";
import { isBusy, say, useTalk } from "../state/talk";
import { useWords } from "../state/useWords";
import { Button } from "../ui/Button";
import { Icon, type IconName } from "../ui/Icon";
import type { Receipt, ReceiptState } from "../wire/types";
import styles from "./Receipts.module.css";

/** More than this are shown on demand. */
const SHOWN = 6;

const ICONS: Record<ReceiptState, IconName> = {
  sent: "arrow",
  acked: "check",
  confirmed: "checks",
  timed_out: "clock",
  refused: "cross",
  unknown: "question",
};

export function Receipts({ commands, label }: { commands: readonly string[]; label: Word }) {
  const { t } = useWords();
  const [all, setAll] = useState(false);
  const receipts = useHome((home) => home.receipts);
  const known = commands.map((id) => receipts[id]).filter((receipt) => receipt !== undefined);
  if (known.length === 0) return null;
  const shown = all || known.length <= SHOWN + 1 ? known : known.slice(0, SHOWN);
  return (
    <div className={styles.card}>
      <ul aria-label={t(label)}>
        {shown.map((receipt) => (
          <Row key={receipt.command} receipt={receipt} />
        ))}
      </ul>
      {shown.length < known.length && (
        <div className={styles.more}>
          <Button look="quiet" onClick={() => setAll(true)}>
            {t("showAll", { n: known.length })}
          </Button>
          <Tally receipts={known} />
        </div>
      )}
    </div>
  );
}

/** How many are in which state. */
function Tally({ receipts }: { receipts: readonly Receipt[] }) {
  const { t } = useWords();
  const counts = new Map<ReceiptState, number>();
  for (const { state } of receipts) counts.set(state, (counts.get(state) ?? 0) + 1);
  return <span>{[...counts].map(([state, n]) => `${n} ${t(`receipt_${state}`)}`).join(" · ")}</span>;
}

function Row({ receipt }: { receipt: Receipt }) {
  const { t, of } = useWords();
  const busy = useTalk(isBusy);
  const device = useHome((home) => home.devices[receipt.device]);
  const point = useHome((home) => home.points[receipt.point]);
  const space = useHome((home) => (device?.space ? home.spaces[device.space] : undefined));
  const name = of(nameOf(device?.names)) || receipt.device;
  const value = valueWords(point, receipt.value);
  const told = receipt.words ? of(receipt.words) : `${of(nameOf(point?.names))} ${value ? of(value) : ""}`.trim();
  // "Lobby light power: on" stands below the name of the light: what remains is "power: on", and "on" says it all.
  const what = point?.trait === "on_off" ? (told.split(/[:：]\s*/).at(-1) ?? told) : told.replace(name, "").replace(/^[的\s:：,，]+/, "") || told;
  const present = valueWords(point, point?.sample?.value);
  const done = receipt.state === "confirmed" || receipt.state === "acked";
  return (
    <li className={styles.row} data-state={receipt.state}>
      <span className={styles.mark}>
        <Icon name={ICONS[receipt.state]} size={17} />
      </span>
      <span className={styles.what}>
        <span className={styles.name}>{name}</span>
        <span className={styles.change}>
          {what}
          {space && <span className={styles.space}> · {of(nameOf(space.names))}</span>}
        </span>
        {receipt.reason && <span className={styles.reason}>{of(receipt.reason.text)}</span>}
      </span>
      <span className={styles.state}>{t(`receipt_${receipt.state}`)}</span>
      {present && (
        <Button
          look="quiet"
          className={[styles.why, done ? "" : styles.later].join(" ")}
          disabled={busy || !done}
          aria-label={`${t("why")} ${name}`}
          onClick={() => void say(t("whyOf", { device: inSentence(name), words: of(present) }))}
        >
          {t("why")}
        </Button>
      )}
    </li>
  );
}
