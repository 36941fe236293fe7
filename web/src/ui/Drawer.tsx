// A panel over the page, for narrow windows. A native modal dialog keeps focus inside and closes with Escape.

import { type ReactNode, useEffect, useRef } from "react";
import styles from "./Drawer.module.css";

interface Props {
  label: string;
  open: boolean;
  close: () => void;
  children: ReactNode;
}

export function Drawer({ label, open, close, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const element = dialog.current;
    if (open && element && !element.open) element.showModal();
    if (!open && element?.open) element.close();
  }, [open]);
  return (
    <dialog
      ref={dialog}
      aria-label={label}
      className={styles.drawer}
      onClose={close}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      {open && <div className={styles.body}>{children}</div>}
    </dialog>
  );
}
