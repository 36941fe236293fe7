// Proposals that wait for a person.

import { ProposalCard } from "../../chat/ProposalCard";
import { useWords } from "../../state/useWords";
import type { Proposal } from "../../wire/types";
import styles from "../rules/Rules.module.css";

export function Proposals({ waiting }: { waiting: readonly Proposal[] }) {
  const { t } = useWords();
  if (waiting.length === 0) return <p className={styles.empty}>{t("noProposals")}</p>;
  return (
    <ul className={styles.list}>
      {waiting.map((proposal) => (
        <li key={proposal.id}>
          <ProposalCard proposal={proposal} />
        </li>
      ))}
    </ul>
  );
}
