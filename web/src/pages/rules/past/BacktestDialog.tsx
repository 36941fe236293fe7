// The backtest of a rule that is only proposed, before somebody says yes.

import { useHome } from "../../../state/home";
import { useFlow } from "../../../state/useFlow";
import { useWords } from "../../../state/useWords";
import { Dialog } from "../../../ui/Dialog";
import { FindingsOf } from "../findings/Findings";
import { BacktestPart } from "./BacktestPart";
import part from "../Part.module.css";

export function BacktestDialog({ proposal, close }: { proposal: string; close: () => void }) {
  const { t, of } = useWords();
  const f = useFlow();
  const waiting = useHome((home) => home.proposals[proposal]);
  const graph = waiting && "rule" in waiting.document ? waiting.document.rule : undefined;
  return (
    <Dialog title={f("backtestTitle")} leave={t("close")} close={close} wide>
      <div className={part.part}>
        {waiting && <p>{of(waiting.readback)}</p>}
        {graph && <FindingsOf graph={graph} />}
        <BacktestPart proposal={proposal} graph={graph} />
      </div>
    </Dialog>
  );
}
