// The wait for the first value of a device: what to check meanwhile, what came and was not taken, a model proposed from
// it where there is none, and the value as it arrives.

import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { Fillings, Word } from "../../lib/words";
import { HelpLink } from "../../chat/HelpLink";
import { inSentence } from "../../lib/speech";
import { nameOf } from "../../state/building";
import { paramsOf } from "../../state/connect";
import { asked, firstValue } from "../../state/devices";
import { useHome } from "../../state/home";
import { sheetsOf, whereIs } from "../../state/plan";
import { isBusy, say, useTalk } from "../../state/talk";
import { useView } from "../../state/view";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { form } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import { Spinner } from "../../ui/Spinner";
import * as wire from "../../wire/devices";
import type { Rejected } from "../../wire/types";
import { RejectedList } from "../home/devices/RejectedList";
import styles from "./Connect.module.css";
import { Infer } from "./Infer";

/** How often it is looked at what came and was not taken. */
const LOOK_MS = 1_500;
/** Refused payloads that are shown. */
const REJECTED_SHOWN = 3;

/** Something to check while nothing comes, with what to fill in. */
export type Check = [word: Word, fillings?: Fillings];

interface Props {
  device: string;
  /** Its product, where that has no model yet. */
  product?: string | undefined;
  checks: readonly Check[];
  /** What to do until then. */
  hint?: Word;
  close: () => void;
  /** What is needed until something came. */
  children?: ReactNode;
}

export function FirstValue({ device, product, checks, hint = "nothingYetHint", close, children }: Props) {
  const { t } = useWords();
  const [devices, points] = [useHome((home) => home.devices), useHome((home) => home.points)];
  const first = useMemo(() => firstValue({ devices, points }, device), [devices, points, device]);
  const [modelled, setModelled] = useState(false);
  const rejected = useRejected(device, first === undefined);
  // What was refused before there was a model is no fault any more.
  const [known, setKnown] = useState(0);
  const refused = rejected.slice(0, Math.max(rejected.length - known, 0));
  const blank = product !== undefined && !modelled;
  return (
    <>
      <Waiting device={device} first={first} rejected={blank ? [] : refused} heard={blank ? refused[0] : undefined} modelled={modelled} hint={hint} />
      {first ? (
        <Arrived device={device} first={first} close={close} />
      ) : (
        <>
          {blank && refused[0] && product && (
            <Infer
              product={product}
              done={() => {
                setModelled(true);
                setKnown(rejected.length);
              }}
            />
          )}
          {children}
          <details className={styles.more}>
            <summary>{t("whatToCheck")}</summary>
            <ul className={styles.checks}>
              {checks.map(([word, fillings]) => (
                <li key={word}>{t(word, fillings)}</li>
              ))}
              <li>
                <HelpLink page="troubleshooting">{t("help_troubleshooting")}</HelpLink>
              </li>
            </ul>
          </details>
          {!blank && refused.length > 0 && (
            <section className={styles.stack}>
              <h3>{t("refusedPayload")}</h3>
              <RejectedList rejected={refused.slice(0, REJECTED_SHOWN)} />
            </section>
          )}
        </>
      )}
    </>
  );
}

type First = NonNullable<ReturnType<typeof firstValue>>;

interface WaitingProps {
  device: string;
  first: First | undefined;
  rejected: readonly Rejected[];
  /** Something came that no model is there for yet. */
  heard: Rejected | undefined;
  modelled: boolean;
  hint: Word;
}

/** One box says how it stands, so that nothing below it moves. */
function Waiting({ device, first, rejected, heard, modelled, hint }: WaitingProps) {
  const { t, of } = useWords();
  const online = useHome((home) => home.devices[device]?.online === true);
  const [newest] = rejected;
  const value = first && `${of(nameOf(first.point.names))} ${of(first.words)}`;
  const headline = value ? t("firstValue", { value }) : newest ? t("refusedNow", { why: of(newest.message) }) : heard ? t("heardFrom") : modelled ? t("sendAgain") : t(online ? "isOnline" : "nothingYet");
  return (
    <div className={styles.wait} data-state={first ? "arrived" : newest || heard ? "refused" : "waiting"} role="status">
      {first ? <Icon name="check" size={18} /> : newest || heard ? <Icon name="alert" size={18} /> : <Spinner size={18} />}
      <span>
        <strong>{headline}</strong>
        {!first && (newest ?? heard) && <code>{paramsOf((newest ?? heard)?.excerpt ?? "")}</code>}
        {!first && !newest && !heard && !modelled && t(hint)}
      </span>
    </div>
  );
}

function Arrived({ device, first, close }: { device: string; first: First; close: () => void }) {
  const { t, of, lang } = useWords();
  const known = useHome((home) => home.devices[device]);
  const space = useHome((home) => (known?.space ? home.spaces[known.space] : undefined));
  const busy = useTalk(isBusy);
  const done = useRef<HTMLButtonElement>(null);
  useEffect(() => done.current?.focus(), []);
  const name = of(nameOf(known?.names));
  // It is seen where it stands: on its floor, in its room.
  const show = () => {
    const place = whereIs(sheetsOf(useHome.getState()), device);
    const view = useView.getState();
    if (place) view.showSheet(place.sheet);
    view.choose(place?.cell, device);
    view.show("plan");
    close();
  };
  const sentence = t("askOf", { device: lang === "en" ? inSentence(name) : name, point: of(nameOf(first.point.names)) });
  return (
    <>
      <p className={styles.placed}>
        <Icon name="building" size={19} />
        {space ? t("onPlan", { name, room: of(nameOf(space.names)) }) : t("onPlanNowhere", { name })}
      </p>
      <div className={styles.stack}>
        <p className={styles.quiet}>{t("tryAsking")}</p>
        <Button
          look="chip"
          disabled={busy}
          onClick={() => {
            close();
            useView.getState().talk();
            void say(sentence);
          }}
        >
          {sentence}
        </Button>
      </div>
      <div className={form.acts}>
        <Button ref={done} look="main" icon="check" onClick={show}>
          {t("done")}
        </Button>
      </div>
    </>
  );
}

function useRejected(device: string, looking: boolean): readonly Rejected[] {
  const [rejected, setRejected] = useState<readonly Rejected[]>([]);
  useEffect(() => {
    if (!looking) return;
    const look = () => {
      if (document.hidden) return;
      void asked(wire.rejected(device)).then((answer) => {
        if ("ok" in answer) setRejected(answer.ok);
      });
    };
    const timer = setInterval(look, LOOK_MS);
    return () => clearInterval(timer);
  }, [device, looking]);
  return rejected;
}
