// Choosing what a device is: products that exist here, shipped templates, and perhaps "something else".

import { useId, useMemo, useState } from "react";
import { deviceIcon } from "../../ui/deviceIcon";
import { type Choosable, choosable, searched } from "../../state/devices";
import { useAsked } from "../../state/useAsked";
import { useWords } from "../../state/useWords";
import { form } from "../../ui/Form";
import { Icon } from "../../ui/Icon";
import * as wire from "../../wire/devices";
import type { Template } from "../../wire/types";
import { Said } from "../home/devices/Said";
import styles from "./Connect.module.css";

/** Stands for a product whose model is not known yet. */
export const OTHER = "\u0000other";

/** Both lists are read together: what is in use stands first. */
const catalogue = async () => {
  const [products, templates] = await Promise.all([wire.products(), wire.templates()]);
  return { all: choosable(products, templates), templates };
};

interface Props {
  chosen: string;
  choose: (key: string, template: Template | undefined) => void;
  /** Whether it may be something that no product is for. */
  other: boolean;
}

export function Products({ chosen, choose, other }: Props) {
  const { t, of, lang } = useWords();
  const { value, failure } = useAsked(catalogue, "catalogue");
  const [text, setText] = useState("");
  const found = useMemo(() => searched(value?.all ?? [], text), [value, text]);
  const group = useId();
  const mark = (one: Choosable) => (one.here === undefined ? t("ofTemplate") : one.here > 0 ? t("ofProduct", { n: one.here }) : "");
  const template = (key: string) => value?.templates.find((one) => one.name === key);
  return (
    <fieldset className={form.field}>
      <legend className={form.label}>{t("whatIs")}</legend>
      <input type="search" className={form.input} value={text} autoFocus aria-label={t("searchProducts")} placeholder={t("searchProducts")} onChange={(event) => setText(event.target.value)} />
      <span role="status" className={form.hidden}>
        {value ? t("productsFound", { n: found.length }) : ""}
      </span>
      <div className={styles.choices}>
        {failure && <Said failure={failure} />}
        {other && (
          <label className={styles.choice}>
            <input type="radio" name={group} value={OTHER} required checked={chosen === OTHER} onChange={() => choose(OTHER, undefined)} />
            <Icon name="question" size={19} />
            <span className={styles.choiceName}>
              {t("ofOther")}
              <small>{t("ofOtherHint")}</small>
            </span>
          </label>
        )}
        {value && found.length === 0 && <p className={styles.choice}>{t("noProduct")}</p>}
        {found.map((one) => (
          <label key={one.key} className={styles.choice}>
            <input type="radio" name={group} value={one.key} required checked={one.key === chosen} onChange={() => choose(one.key, template(one.key))} />
            <Icon name={deviceIcon(`${one.key} ${one.kind}`, [])} size={19} />
            <span className={styles.choiceName}>
              {of(one.name)}
              <small>{[lang === "zh" ? one.name.en : one.name.zh, one.key].join(" · ")}</small>
            </span>
            <span className={styles.note}>{mark(one)}</span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
