// The conversation: turns, the box to say something, and what stands there while nothing has been said.

import { useEffect, useLayoutEffect, useRef } from "react";
import { useTalk } from "../state/talk";
import { useWords } from "../state/useWords";
import styles from "./Chat.module.css";
import { Composer } from "./Composer";
import { TurnView } from "./TurnView";
import { Welcome } from "./Welcome";

/** So near to the end counts as reading the end. */
const NEAR_PX = 80;

export function Chat() {
  const { t } = useWords();
  const turns = useTalk((talk) => talk.turns);
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);

  // Whoever reads the end keeps seeing it while answers grow; whoever scrolled up is left alone.
  useEffect(() => {
    const box = scroller.current;
    const inner = content.current;
    if (!box || !inner) return;
    const observer = new ResizeObserver(() => {
      // An empty conversation has no end to keep in sight.
      if (atEnd.current && useTalk.getState().turns.length > 0) box.scrollTop = box.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(box);
    return () => observer.disconnect();
  }, []);

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    atEnd.current = true;
    box.scrollTop = turns.length > 0 ? box.scrollHeight : 0;
  }, [turns.length]);

  return (
    <section className={styles.chat} aria-label={t("conversation")}>
      <div
        ref={scroller}
        className={styles.scroller}
        tabIndex={turns.length > 0 ? 0 : undefined}
        onScroll={({ currentTarget: box }) => {
          atEnd.current = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_PX;
        }}
      >
        <div ref={content} className={styles.column}>
          {turns.length === 0 ? (
            <Welcome />
          ) : (
            <div role="log" aria-label={t("conversation")}>
              <ol className={styles.turns}>
                {turns.map((turn) => (
                  <TurnView key={turn.key} turn={turn} />
                ))}
              </ol>
            </div>
          )}
        </div>
      </div>
      <Composer />
    </section>
  );
}
