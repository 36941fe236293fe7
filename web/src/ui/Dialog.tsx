// A task in front of the page. A native modal dialog keeps focus inside and closes with Escape; on a narrow window it
// fills it.

import { type ReactNode, useEffect, useId, useRef } from "react";
import { IconButton } from "./Button";
import styles from "./Dialog.module.css";

interface Props {
  title: string;
  /** What the button that closes it is called. */
  leave: string;
  close: () => void;
  /** As wide as the window allows, for drawings. */
  wide?: boolean;
  children: ReactNode;
}

export function Dialog({ title, leave, close, wide = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const heading = useId();
  useEffect(() => {
    const element = dialog.current;
    if (element && !element.open) element.showModal();
  }, []);
  return (
    <dialog ref={dialog} aria-labelledby={heading} className={styles.dialog} data-wide={wide} onClose={close}>
      <header className={styles.head}>
        <h2 id={heading}>{title}</h2>
        <IconButton label={leave} icon="cross" onClick={close} />
      </header>
      <div className={styles.body} tabIndex={-1}>
        {children}
      </div>
    </dialog>
  );
}
