// Browser tests against a running Castellan with the demonstration building.
//
//   CASTELLAN_URL=http://127.0.0.1:8080 CASTELLAN_CODE=... node e2e/run.mjs
//
// CASTELLAN_CODE is the one-time code of the address that `serve` prints. Chromium is looked for at CHROMIUM (default
// /usr/bin/chromium). E2E_SHOTS=DIR keeps pictures for the eye.

import { Page } from "./page.mjs";
import { TESTS } from "./tests.mjs";

const url = process.env.CASTELLAN_URL;
const code = process.env.CASTELLAN_CODE;
if (!url || !code) {
  console.error("CASTELLAN_URL and CASTELLAN_CODE name the server and a code to sign in with");
  process.exit(2);
}

const page = await Page.launch(url, code);
let passed = 0;
let failed = 0;
for (const [name, test] of Object.entries(TESTS)) {
  const start = Date.now();
  try {
    await test(page);
    passed += 1;
    console.log(`ok    ${name} (${Date.now() - start} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}: ${error.message.split("\n").slice(0, 12).join("\n      ")}`);
    await page.shot(`failed-${failed}`);
  }
}
await page.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
