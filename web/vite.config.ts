import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

// During development the page is served by Vite and the API by a running Castellan.
const server = process.env["CASTELLAN_URL"] ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  build: {
    target: "es2022",
    // The page is served under a Content-Security-Policy without inline scripts, styles or data addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: true,
  },
  server: { proxy: { "/api": { target: server, ws: true } } },
});
