// A text to take along.

import { useState } from "react";
import { useWords } from "../../../state/useWords";
import { IconButton } from "../../../ui/Button";
import { form } from "../../../ui/Form";

/** A text with a button that copies it. */
export function Copy({ label, text }: { label: string; text: string }) {
  const { t } = useWords();
  const [copied, setCopied] = useState<"no" | "yes" | "failed">("no");
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied("yes");
    } catch {
      setCopied("failed");
    }
  };
  return (
    <div className={form.field}>
      <span className={form.label}>{label}</span>
      <div className={form.copy}>
        <code>{text}</code>
        <IconButton label={`${t("copy")}: ${label}`} icon={copied === "yes" ? "check" : "copy"} onClick={() => void copy()} />
      </div>
      <span role="status" className={copied === "failed" ? form.hint : form.hidden}>
        {copied === "yes" ? t("copied", { what: label }) : copied === "failed" ? t("copyFailed") : ""}
      </span>
    </div>
  );
}
