// What the server said no to, with every finding.

import { useWords } from "../../../state/useWords";
import { Notice } from "../../../ui/Notice";
import type { Failure } from "../../../wire/http";

export function Said({ failure }: { failure: Failure | undefined }) {
  const { t, of } = useWords();
  if (!failure) return null;
  return (
    <Notice tone="bad">
      {failure.said || t(`trouble_${failure.kind}`)}
      {failure.diagnostics.map((finding, at) => {
        const help = finding.help ? of(finding.help) : "";
        const message = of(finding.message);
        return (
          <div key={at}>
            {[message === failure.said ? "" : message, help].filter(Boolean).join(" ")}
          </div>
        );
      })}
    </Notice>
  );
}
