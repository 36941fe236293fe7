// The templates as a gallery, and the form of one: points, numbers, times. Filled in, it is a rule that is proposed.

import { useState } from "react";
import { withMember } from "../../../lib/schema";
import { asked } from "../../../state/devices";
import { useAsked } from "../../../state/useAsked";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Button } from "../../../ui/Button";
import { Dialog } from "../../../ui/Dialog";
import { form } from "../../../ui/Form";
import { Icon } from "../../../ui/Icon";
import { Spinner } from "../../../ui/Spinner";
import { fillTemplate, ruleTemplates } from "../../../wire/exchange";
import type { Failure } from "../../../wire/http";
import type { RuleTemplate, RuleTemplateInstance } from "../../../wire/types";
import { Said } from "../../home/devices/Said";
import part from "../Part.module.css";
import styles from "./Exchange.module.css";
import { Found } from "./Found";
import { Inputs, isAbout, isMissing, type Values } from "./Inputs";

export function TemplatesDialog({ close }: { close: () => void }) {
  const { t, of } = useWords();
  const f = useFlow();
  const { value: templates, failure } = useAsked(ruleTemplates, "templates");
  const [chosen, choose] = useState<RuleTemplate>();
  return (
    <Dialog title={chosen ? of(chosen.title) : f("templates")} leave={t("close")} close={close} wide>
      <Said failure={failure} />
      {!templates && !failure && <Spinner />}
      {chosen ? (
        <Fill key={chosen.name} template={chosen} back={() => choose(undefined)} />
      ) : (
        <ul className={styles.gallery}>
          {templates?.map((template) => (
            <li key={template.name}>
              <button type="button" onClick={() => choose(template)}>
                <Icon name="rule" size={20} />
                <span>
                  <strong>{of(template.title)}</strong>
                  {of(template.doc)}
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </Dialog>
  );
}

function Fill({ template, back }: { template: RuleTemplate; back: () => void }) {
  const { of } = useWords();
  const f = useFlow();
  const [values, setValues] = useState<Values>({});
  const [state, setState] = useState<{ busy?: boolean; failure?: Failure; done?: RuleTemplateInstance }>({});
  const fill = async () => {
    setState({ busy: true });
    const answer = await asked(fillTemplate(template.name, values));
    setState("ok" in answer ? { done: answer.ok } : { failure: answer.failure });
  };
  const { graph, readback, diagnostics = [] } = state.done ?? {};
  const elsewhere = diagnostics.filter((one) => !template.inputs.some((input) => isAbout(one, input)));
  return (
    <form
      className={form.form}
      onSubmit={(event) => {
        event.preventDefault();
        void fill();
      }}
    >
      <p>{of(template.doc)}</p>
      <Inputs
        inputs={template.inputs}
        values={values}
        set={(name, value) => {
          setValues((old) => withMember(old, name, value));
          setState({});
        }}
        found={diagnostics}
      />
      <Said failure={state.failure} />
      <div role="status" className={part.part}>
        {graph && readback ? (
          <ul className={styles.rules}>
            <Found rule={{ graph, readback, diagnostics }} />
          </ul>
        ) : (
          elsewhere.map(({ message }, at) => (
            <p key={at} className={form.fault}>
              {of(message)}
            </p>
          ))
        )}
      </div>
      <div className={form.acts}>
        {!graph && (
          <Button look="main" type="submit" disabled={state.busy || isMissing(template.inputs, values)}>
            {f("templateFill")}
          </Button>
        )}
        <Button icon="back" onClick={back}>
          {f("templateBack")}
        </Button>
      </div>
    </form>
  );
}
