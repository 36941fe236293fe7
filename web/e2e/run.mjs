// Browser tests against a running Castellan with the demonstration building.
//
//   CASTELLAN_URL=http://127.0.0.1:8080 CASTELLAN_CODE=... node e2e/run.mjs [NAME]
//
// CASTELLAN_CODE is the one-time code of the address that `serve` prints. Chromium is looked for at CHROMIUM (default
// /usr/bin/chromium). E2E_SHOTS=DIR keeps pictures for the eye. NAME runs the suites whose names have it in them.

import { STORIES } from "./newcomer.mjs";
import { Page } from "./page.mjs";
import { RULES } from "./rules.mjs";
import { TESTS } from "./tests.mjs";

const url = process.env.CASTELLAN_URL;
const code = process.env.CASTELLAN_CODE;
if (!url || !code) {
  console.error("CASTELLAN_URL and CASTELLAN_CODE name the server and a code to sign in with");
  process.exit(2);
}

let passed = 0;
let failed = 0;

/** Runs the tests of a suite in their order. */
async function run(suite, tests, page) {
  for (const [name, test] of Object.entries(tests)) {
    const start = Date.now();
    try {
      await test(page);
      passed += 1;
      console.log(`ok    ${suite}: ${name} (${Date.now() - start} ms)`);
    } catch (error) {
      failed += 1;
      console.log(`FAIL  ${suite}: ${name}: ${error.message.split("\n").slice(0, 12).join("\n      ")}`);
      await page.shot(`failed-${failed}`);
      // A dialogue that stayed open is no reason for the next test to fail too.
      await page.closeDialogs();
    }
  }
}

const [only = ""] = process.argv.slice(2);
const page = await Page.launch(url, code);
// A code signs in once; who is signed in makes another for everybody who comes.
await page.signIn();
if ("page".includes(only)) await run("page", TESTS, await page.guest({ viewport: { width: 1280, height: 800 }, locale: "en-GB" }));
for (const suite of RULES.filter(({ name }) => name.includes(only))) {
  const guest = await page.guest(suite.options);
  await run(suite.name, suite.tests, guest);
  await guest.leave();
}
for (const story of STORIES.filter(({ name }) => name.includes(only))) {
  const guest = await page.guest(story.options);
  await run(story.name, story.tests, guest);
  await guest.leave();
}
await page.close();
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
