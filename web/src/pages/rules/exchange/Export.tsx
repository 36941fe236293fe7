// A rule as a file that another system reads; where that is not possible, what is in the way is told.

import { useState } from "react";
import { asked } from "../../../state/devices";
import { useFlow } from "../../../state/useFlow";
import { Button } from "../../../ui/Button";
import { Field, form } from "../../../ui/Form";
import { save } from "../../../ui/save";
import { exportRule } from "../../../wire/exchange";
import type { Failure } from "../../../wire/http";
import type { RuleFormat } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import part from "../Part.module.css";
import styles from "./Exchange.module.css";

/** What a rule can be written as, with the ending of the file. */
const FORMATS = { castellan: "json", home_assistant: "yaml", node_red: "json", alibaba: "json" } as const satisfies Partial<Record<RuleFormat, string>>;
type Writable = keyof typeof FORMATS;

export function Export({ rule }: { rule: string }) {
  const f = useFlow();
  const [format, setFormat] = useState<Writable>("castellan");
  const [failure, setFailure] = useState<Failure>();
  const write = async () => {
    const answer = await asked(exportRule(rule, format));
    setFailure("failure" in answer ? answer.failure : undefined);
    if ("ok" in answer) save(answer.ok.text, `${rule}.${FORMATS[format]}`);
  };
  return (
    <div className={part.part}>
      <div className={styles.row}>
        <Field label={f("exportFor")}>
          {(control) => (
            <select {...control} className={form.input} value={format} onChange={(event) => setFormat(event.target.value as Writable)}>
              {(Object.keys(FORMATS) as Writable[]).map((one) => (
                <option key={one} value={one}>
                  {f(`format_${one}`)}
                </option>
              ))}
            </select>
          )}
        </Field>
        <Button icon="file" onClick={() => void write()}>
          {f("exportSave")}
        </Button>
      </div>
      <Said failure={failure} />
    </div>
  );
}
