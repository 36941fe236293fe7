// A device said something and has no model: one is proposed from it, and a person says whether it is right.

import { useState } from "react";
import { guessed } from "../../state/connect";
import { asked } from "../../state/devices";
import { load } from "../../state/session";
import { decide } from "../../state/talk";
import { useWords } from "../../state/useWords";
import { Button } from "../../ui/Button";
import { form } from "../../ui/Form";
import { Notice } from "../../ui/Notice";
import * as wire from "../../wire/connect";
import type { Failure } from "../../wire/http";
import type { Inference } from "../../wire/types";
import { Said } from "../home/devices/Said";
import styles from "./Connect.module.css";

interface Props {
  product: string;
  done: () => void;
}

export function Infer({ product, done }: Props) {
  const { t } = useWords();
  const [inference, setInference] = useState<Inference>();
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  const run = async <T,>(request: Promise<T>, then: (value: T) => void) => {
    setBusy(true);
    setFailure(undefined);
    const answer = await asked(request);
    setBusy(false);
    if ("failure" in answer) return setFailure(answer.failure);
    then(answer.ok);
  };
  const use = async (approve: boolean) => {
    if (!inference) return;
    await run(decide(inference.proposal, approve).then(() => load()), () => (approve ? done() : setInference(undefined)));
  };
  return (
    <section className={styles.infer} aria-label={t("inferred")}>
      {inference ? (
        <>
          <Guesses inference={inference} />
          <div className={form.acts}>
            <Button look="main" icon="check" disabled={busy} onClick={() => void use(true)}>
              {t("useModel")}
            </Button>
            <Button disabled={busy} onClick={() => void use(false)}>
              {t("useNot")}
            </Button>
          </div>
        </>
      ) : (
        <div className={form.acts}>
          <Button look="main" icon="rule" disabled={busy} onClick={() => void run(wire.infer(product), setInference)}>
            {t(busy ? "inferring" : "infer")}
          </Button>
        </div>
      )}
      <Said failure={failure} />
    </section>
  );
}

function Guesses({ inference }: { inference: Inference }) {
  const { t, of, lang } = useWords();
  return (
    <>
      <h3>{t("inferred")}</h3>
      <ul className={styles.guesses}>
        {guessed(inference).map((one) => (
          <li key={one.identifier}>
            <strong>
              {lang === "zh" && one.name !== one.identifier && <span>{one.name}</span>}
              <code>{one.identifier}</code>
              {one.writable && <em>{t("inferWrite")}</em>}
            </strong>
            {one.reason && <small>{of(one.reason)}</small>}
          </li>
        ))}
      </ul>
      {inference.left_out.length > 0 && (
        <Notice tone="plain">
          {t("leftOut")} {inference.left_out.map((fault) => of(fault.message)).join(" ")}
        </Notice>
      )}
    </>
  );
}
