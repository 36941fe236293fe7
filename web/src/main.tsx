// The start: shows the page and opens the door.

import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import "./app/base.css";
import { begin } from "./state/session";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
  void begin();
  // A new sign-in link that is opened in this tab changes the fragment only.
  addEventListener("hashchange", () => {
    if (location.hash.includes("code=")) void begin();
  });
}
