// What was received and not taken, with the reason.

import { useWords } from "../../../state/useWords";
import type { Rejected } from "../../../wire/types";
import styles from "./Devices.module.css";

export function RejectedList({ rejected }: { rejected: readonly Rejected[] }) {
  const { of } = useWords();
  return (
    <ul className={styles.rejected}>
      {rejected.map((one, at) => (
        <li key={`${one.at} ${at}`}>
          <strong>{of(one.message)}</strong>
          <code>{one.topic}</code> <code>{one.excerpt}</code>
        </li>
      ))}
    </ul>
  );
}
