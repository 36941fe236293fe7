// What a person does with the page, in this order: later tests go on where earlier ones stopped.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { PLAN } from "./plan.mjs";

/** Runs a line as a person would who pasted it into a terminal. */
export const paste = (line) => promisify(execFile)("sh", ["-c", line], { timeout: 15_000 });

const RULE = "If the meeting room temperature is above 26 degrees for 5 minutes, turn on the meeting room AC";

const HELD = "If the lobby light is on for 1 minute, turn on the desk lamp";

export const TESTS = {
  async "a stranger is asked to sign in, and a wrong code is told so"(page) {
    await page.goto("/");
    await page.role("heading", "Sign in").waitFor();
    await page.accessible("the door");
    await page.role("textbox", "Sign-in code").fill("not-a-code");
    await page.role("button", "Sign in").click();
    await page.role("alert").waitFor();
    await page.shot("door");
  },

  async "the code of the link signs in and leaves the address"(page) {
    // Another fragment of the same address loads nothing anew; the page hears of it.
    await page.goto(`/#code=${encodeURIComponent(page.code)}`);
    await page.role("textbox", "Message").waitFor();
    assert.equal(new URL(page.tab.url()).hash, "");
    const { cookies, visible } = { cookies: await page.context.cookies(), visible: await page.tab.evaluate(() => document.cookie) };
    const cookie = cookies.find((c) => c.name === "castellan_session");
    assert.deepEqual([cookie?.httpOnly, cookie?.sameSite, visible], [true, "Strict", ""]);
  },

  async "the empty page offers six sentences and shows the building"(page) {
    await page.role("list", "Try one of these").waitFor();
    assert.equal(await page.role("list", "Try one of these").getByRole("listitem").count(), 6);
    const building = page.role("complementary", "Building");
    await building.getByRole("button", { name: /^Lobby\b/ }).waitFor();
    await page.accessible("the plan");
    await page.role("tab", "Devices").click();
    await building.getByText("Lobby light", { exact: true }).waitFor();
    await page.accessible("the empty page");
    await page.shot("empty");
  },

  async "an English sentence ends in a confirmed receipt"(page) {
    const turn = await page.say("Turn on the lobby light");
    await turn.getByRole("list", { name: "What the devices did" }).getByText("confirmed").waitFor();
  },

  async "a Chinese sentence in the English page is answered in Chinese"(page) {
    const turn = await page.say("关闭大厅灯");
    await turn.getByRole("list", { name: "What the devices did" }).getByText("confirmed").waitFor();
    assert.equal(await turn.locator('[aria-busy] p[lang="zh-CN"]').count(), 1);
    await page.shot("receipts");
  },

  async "undo takes the turn back"(page) {
    const turn = page.turns().last();
    await turn.getByRole("button", { name: "Undo" }).click();
    await turn.getByRole("button", { name: "Undone" }).waitFor();
    await turn.getByRole("list", { name: "What undoing did" }).getByText("confirmed").waitFor();
    const row = page.role("complementary", "Building").getByRole("listitem").filter({ hasText: "Lobby light" });
    await row.getByText("on", { exact: true }).first().waitFor();
  },

  async "why answers with a cause"(page) {
    const before = await page.turns().count();
    await page.role("log").getByRole("button", { name: /^Why\?/ }).first().click();
    const turn = page.turns().nth(before);
    await turn.locator('[aria-busy="false"] p').first().waitFor();
    assert.equal(await turn.getByRole("alert").count(), 0);
  },

  async "a sentence becomes a chart, which is changed by talking, read as a table and saved"(page) {
    const turn = await page.say("Plot the temperature in the meeting room and the open office over the last two days");
    const chart = turn.getByRole("figure");
    await chart.getByRole("img").locator("canvas").waitFor();
    assert.equal(await chart.getByRole("alert").count(), 0);
    await page.accessible("a chart");
    await page.shot("chart");
    const changed = (await page.say("as a bar chart by floor instead")).getByRole("figure");
    await changed.getByRole("img").locator("canvas").waitFor();
    await changed.getByRole("radio", { name: "Table" }).check();
    await changed.getByRole("columnheader", { name: /°C/ }).waitFor();
    await page.accessible("a chart as a table");
    const saved = page.tab.waitForEvent("download");
    await changed.getByRole("button", { name: "Save as CSV" }).click();
    assert.match((await saved).suggestedFilename(), /\.csv$/);
  },

  async "a sentence about the future becomes a proposal with its read-back"(page) {
    const turn = await page.say(RULE);
    const card = turn.getByRole("article", { name: "New rule" });
    await card.getByText("Waiting for approval").waitFor();
    assert.match(await card.innerText(), /26/);
    await page.role("button", /1 waiting for approval/).waitFor();
    await page.accessible("a proposal");
    await page.shot("proposal");
  },

  async "approving it makes a running rule"(page) {
    await page.role("article", "New rule").getByRole("button", { name: "Approve" }).click();
    await page.role("article", "New rule").getByText("Approved").first().waitFor();
    await page.role("tab", "Rules").click();
    const state = page.role("radiogroup", /^State of/).first();
    await state.waitFor();
    assert.equal(await state.getByRole("radio", { name: "On" }).isChecked(), true);
    await page.accessible("the rules");
  },

  async "a rule can be switched off"(page) {
    const state = page.role("radiogroup", /^State of/).first();
    await state.getByRole("radio", { name: "Off" }).click({ force: true });
    await page.tab.waitForFunction(() => document.querySelector('[role="radiogroup"][aria-label^="State of"] input:checked')?.parentElement?.textContent === "Off");
    assert.equal(await page.role("complementary").getByRole("alert").count(), 0);
    await page.role("tab", "Devices").click();
  },

  async "a rule tells who made it and what it did"(page) {
    await page.section("Rules");
    await page.role("button", /^More: If the meeting room/).click();
    const dialog = page.role("dialog");
    await dialog.getByRole("tab", { name: "History" }).click();
    await dialog.getByText("Approved by").waitFor();
    await dialog.getByRole("link", { name: "About rules" }).waitFor();
    await page.accessible("a rule");
    await page.shot("rule");
    await dialog.getByRole("button", { name: "Play it" }).click();
    await dialog.getByRole("button", { name: "Play until it acts" }).click();
    await dialog.getByRole("heading", { name: /^It would/ }).waitFor();
    await page.accessible("a rule that was played");
    await page.shot("played");
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  async "a rule acts in the time of the building, and tells step by step why"(page) {
    const turn = await page.say(HELD);
    const card = turn.getByRole("article", { name: "New rule" });
    await card.getByRole("button", { name: "Approve" }).click();
    await card.getByText("Approved").first().waitFor();
    await page.say("Turn off the desk lamp");
    await page.say("Turn off the lobby light");
    await page.say("Turn on the lobby light");
    await page.section("Rules");
    const rule = page.role("complementary").getByRole("listitem").filter({ hasText: "Desk lamp" });
    // A minute of the building is some seconds here.
    await rule.getByText(/^Last acted/).waitFor({ timeout: 60_000 });
    await rule.getByRole("button", { name: /^More:/ }).click();
    const dialog = page.role("dialog", "Rule");
    await dialog.getByRole("tab", { name: "History" }).click();
    await dialog.getByText("It has held for 1 minute").first().waitFor();
    await dialog.getByText(/^Desk lamp power: on/).first().waitFor();
    await page.accessible("what a rule did");
    await page.shot("rule-acted");
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    const why = await page.say("Why is the desk lamp on?");
    assert.match(await why.locator("[aria-busy]").innerText(), /rule/i);
    // What other tests go by is as it was.
    await page.section("Rules");
    await rule.getByRole("radio", { name: "Off" }).click({ force: true });
  },

  async "rejecting a proposal ends it"(page) {
    const turn = await page.say("如果会议室温度高于28度持续10分钟，就打开会议室空调");
    await turn.getByRole("button", { name: "Reject" }).click();
    await turn.getByText("Rejected").first().waitFor();
  },

  async "a device is connected, what it says wrongly is told, and its first value appears"(page) {
    await page.section("Devices");
    await page.role("button", "Connect a device").click();
    const dialog = page.role("dialog", /Connect yours|by MQTT/);
    await page.accessible("the kinds of devices");
    await dialog.getByRole("button", { name: /^A device of your own, by MQTT/ }).click();
    await dialog.getByRole("searchbox").fill("climate");
    await dialog.getByRole("radio", { name: /room_sensor/ }).check({ force: true });
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Window climate");
    await dialog.getByRole("combobox", { name: "Room" }).selectOption({ label: "Pantry" });
    await page.accessible("connecting a device");
    await page.shot("connect");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByText("Nothing heard yet").waitFor();
    await page.accessible("waiting for a device");
    const line = await dialog.locator("code").filter({ hasText: "mosquitto_pub" }).innerText();
    await paste(line.replace(/("temperature":\s*)[\d.]+/, '$1"warm"').replace(/,?\s*"(humidity|co2|[a-z_]+)":\s*[\d.]+/g, ""));
    await dialog.getByText(/^Received and not taken/).first().waitFor();
    await page.shot("rejected");
    await paste(line);
    await dialog.getByText(/^First value arrived/).waitFor();
    await page.shot("arrived");
    await dialog.getByRole("button", { name: "Done" }).click();
    // It is shown where it stands: in its room on the plan.
    await page.role("complementary", "Building").getByText("Window climate", { exact: true }).first().waitFor();
    await page.shot("on-the-plan");
    await page.role("tab", "Devices").click();
    await page.role("complementary", "Building").getByText("Window climate", { exact: true }).waitFor();
  },

  async "a device that posts over HTTP has a token and a line"(page) {
    await page.section("Devices");
    await page.role("button", "Connect a device").click();
    const dialog = page.role("dialog", /Connect yours|by HTTP/);
    await dialog.getByRole("button", { name: /^A device of your own, by HTTP/ }).click();
    await dialog.getByRole("radio", { name: /room_sensor/ }).check({ force: true });
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Web climate");
    await dialog.getByRole("button", { name: "Continue" }).click();
    await dialog.getByText("Nothing heard yet").waitFor();
    await page.accessible("waiting for a device by HTTP");
    await paste(await dialog.locator("code").filter({ hasText: "curl" }).first().innerText());
    await dialog.getByText(/^First value arrived/).waitFor();
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  async "what a bus or a broker needs is asked for, and faults are told"(page) {
    await page.section("Devices");
    await page.role("button", "Connect a device").click();
    const dialog = page.role("dialog");
    await dialog.getByRole("button", { name: /^Modbus/ }).click();
    await dialog.getByRole("radio", { name: /room_sensor/ }).check({ force: true });
    assert.match(await dialog.getByRole("textbox", { name: /^Registers/ }).inputValue(), /^identifier,table[\s\S]*temperature,input/);
    await page.accessible("a Modbus device");
    await page.shot("modbus");
    await dialog.getByRole("textbox", { name: /^Registers/ }).fill("identifier,table,address\nzorbo,input,0\n");
    await dialog.getByRole("button", { name: "Connect", exact: true }).click();
    await dialog.getByRole("alert").first().waitFor();
    await page.shot("modbus-refused");
    await dialog.getByRole("button", { name: "Back" }).click();
    await dialog.getByRole("button", { name: /^Home Assistant/ }).click();
    await page.accessible("a broker");
    await dialog.getByRole("button", { name: "Back" }).click();
    await dialog.getByRole("button", { name: /^Any MQTT topics/ }).click();
    await dialog.getByRole("textbox", { name: "Name of the program" }).fill("Workshop");
    await dialog.getByRole("button", { name: "Make a token" }).click();
    await dialog.getByText("It has not logged in yet").waitFor();
    await page.accessible("raw topics");
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  async "the phone is told how to reach the page"(page) {
    await page.role("button", /^Account/).click();
    await page.role("button", "Open on the phone").click();
    const dialog = page.role("dialog", "Open on the phone");
    await dialog.locator("code").filter({ hasText: "castellan serve" }).waitFor();
    await page.accessible("the phone");
    await page.shot("phone");
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  async "its secret is not shown again, but can be made anew"(page) {
    await page.section("Devices");
    await page.role("button", "Details of Window climate").click();
    const dialog = page.role("dialog", "Window climate");
    await dialog.getByText(/^(online|offline)/).waitFor();
    await dialog.getByRole("button", { name: "Show the secret" }).click();
    await dialog.getByRole("button", { name: "Make a new secret" }).click();
    await dialog.getByText("mosquitto_pub").waitFor();
    await page.accessible("a device");
    await page.shot("details");
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  async "a device is renamed, deleted and restored"(page) {
    await page.section("Devices");
    await page.role("button", "Details of Window climate").click();
    const dialog = page.role("dialog");
    await dialog.getByRole("textbox", { name: "English name" }).fill("Sill climate");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.role("dialog", "Sill climate").waitFor();
    await dialog.getByRole("button", { name: "Delete" }).click();
    await dialog.getByText("It can be restored for 24 hours.").waitFor();
    await page.accessible("deleting a device");
    await dialog.getByRole("button", { name: "Delete", exact: true }).click();
    await page.role("button", "Restore: Sill climate").waitFor();
    await page.accessible("a deleted device");
    await page.role("complementary", "Building").getByRole("status").getByRole("button", { name: "Undo" }).click();
    await page.role("button", "Details of Sill climate").waitFor();
    await page.role("button", "Restore: Sill climate").waitFor({ state: "hidden" });
  },

  async "a table names its faults by line, and without them registers all"(page) {
    await page.section("Devices");
    await page.role("button", "Import a table").click();
    const dialog = page.role("dialog", "Import a table");
    const table = dialog.getByRole("textbox", { name: "Table (CSV)" });
    await table.fill("product,name_en,space\npump,Pump A,Plant room\nzorbo,Pump B,Plant room\npump,Pump C,Attic\n");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    const faults = dialog.getByRole("table").getByRole("row");
    await faults.filter({ hasText: "zorbo" }).waitFor();
    assert.deepEqual(await faults.filter({ hasText: "zorbo" }).getByRole("cell").first().innerText(), "3");
    assert.deepEqual(await faults.filter({ hasText: "Attic" }).getByRole("cell").first().innerText(), "4");
    await page.accessible("faults of a table");
    await page.shot("import");
    await table.fill("product,name_en,space\npump,Pump A,Plant room\npump,Pump B,Plant room\n");
    await dialog.getByRole("button", { name: "Import", exact: true }).click();
    await dialog.getByText("2 devices were registered").waitFor();
    await page.accessible("an imported table");
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.role("complementary", "Building").getByText("Pump B", { exact: true }).waitFor();
  },

  async "a connection has the form of its driver, and is refused by its fields"(page) {
    await page.section("Devices");
    await page.role("button", "Connections").click();
    const dialog = page.role("dialog");
    await dialog.getByRole("button", { name: "New connection" }).click();
    await dialog.getByRole("combobox", { name: "Driver" }).waitFor();
    await page.accessible("a new connection");
    await page.shot("connection");
    await dialog.getByRole("radiogroup", { name: "Edit as" }).getByRole("radio", { name: "JSON" }).check({ force: true });
    await dialog.getByRole("textbox", { name: "JSON" }).fill('{"zorbo": 1}');
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByRole("alert").getByText(/zorbo/).first().waitFor();
    await page.shot("connection-refused");
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  async "a sentence asks before it adds a device, and undo takes it out"(page) {
    const turn = await page.say("Add a motion sensor called Tea watch to the pantry");
    const card = turn.getByRole("article", { name: "Change of devices" });
    await card.getByText("Tea watch").first().waitFor();
    const row = page.role("button", "Details of Tea watch");
    assert.equal(await row.count(), 0);
    await page.accessible("a device in a proposal");
    await card.getByRole("button", { name: "Approve" }).click();
    await row.waitFor();
    await card.getByRole("button", { name: "Tea watch" }).click();
    const dialog = page.role("dialog", "Tea watch");
    await dialog.getByRole("button", { name: "Show the secret" }).click();
    await dialog.getByText("mosquitto_pub").waitFor();
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
    await turn.getByRole("button", { name: "Undo" }).click();
    await row.waitFor({ state: "hidden" });
  },

  async "the language changes every word and is remembered"(page) {
    await page.setLang("zh-CN");
    await page.role("textbox", "消息").waitFor();
    await page.role("tab", "规则").waitFor();
    await page.tab.reload();
    await page.role("textbox", "消息").waitFor();
    assert.equal(await page.lang(), "zh-CN");
    await page.shot("chinese");
  },

  async "the conversation survives a reload"(page) {
    await page.role("log").getByText("Turn on the lobby light", { exact: true }).first().waitFor();
  },

  async "conversations are listed, searched and gone on with"(page) {
    await page.role("button", "新对话").click();
    await page.role("button", "对话记录").click();
    const dialog = page.role("dialog", "对话记录");
    await dialog.getByRole("button", { name: /^Turn on the lobby light/ }).first().waitFor();
    await page.accessible("conversations");
    await page.shot("conversations");
    await dialog.getByRole("searchbox").fill("zorbo");
    await dialog.getByText("没有匹配的对话。").waitFor();
    await dialog.getByRole("searchbox").fill("lobby");
    const row = dialog.getByRole("listitem").filter({ hasText: "Turn on the lobby light" }).first();
    await row.getByRole("button", { name: /^改名/ }).click();
    await dialog.getByRole("textbox", { name: "名称" }).fill("灯和规则");
    await dialog.getByRole("button", { name: "保存" }).click();
    await dialog.getByRole("button", { name: /^灯和规则/ }).waitFor();
    await page.shot("conversation-named");
    await dialog.getByRole("button", { name: /^灯和规则/ }).first().click();
    await dialog.waitFor({ state: "hidden" });
    await page.role("log").getByText("Turn on the lobby light", { exact: true }).first().waitFor();
  },

  async "the theme goes round and is remembered"(page) {
    const theme = () => page.tab.evaluate(() => document.documentElement.dataset.theme);
    const button = () => page.role("button", /^外观/);
    await button().click();
    assert.equal(await theme(), "light");
    await button().click();
    assert.equal(await theme(), "dark");
    await page.tab.reload();
    await page.role("log").waitFor();
    assert.equal(await theme(), "dark");
    await page.accessible("the dark page");
    await page.shot("dark");
    await button().click();
    assert.equal(await theme(), undefined);
  },

  async "at 360 pixels nothing scrolls sideways, in both languages"(page) {
    await page.tab.setViewportSize({ width: 360, height: 740 });
    await page.role("complementary").waitFor({ state: "hidden" });
    for (const lang of ["zh-CN", "en"]) {
      await page.setLang(lang);
      await page.fits(`the conversation, ${lang}`);
      await page.shot(`narrow-${lang}`);
      const part = (name) => page.role("navigation").getByRole("button", { name });
      for (const name of [/^(Rules|规则)/, /^(Approvals|待批准)/, /^(Plan|平面图)/, /^(Devices|设备)$/]) {
        await part(name).click();
        await page.role("complementary").waitFor();
        await page.fits(`${name}, ${lang}`);
        await page.accessible(`${name}, ${lang}`);
      }
      await page.shot(`panel-${lang}`);
      await page.role("button", /^(Connect a device|接入设备)$/).click();
      await page.role("dialog").getByRole("button", { name: /MQTT/ }).first().click();
      await page.role("dialog").getByRole("radio").first().waitFor();
      await page.fits(`connecting a device, ${lang}`);
      await page.accessible(`connecting a device, ${lang}`);
      await page.tab.keyboard.press("Escape");
      await page.role("dialog").waitFor({ state: "hidden" });
      await part(/^(Chat|对话)$/).click();
      await page.role("complementary").waitFor({ state: "hidden" });
    }
    await page.tab.setViewportSize({ width: 1280, height: 800 });
  },

  async "everything is reached by keyboard alone"(page) {
    await page.role("textbox", "Message").focus();
    await page.tab.keyboard.type("Turn on the lobby light");
    await page.tab.keyboard.press("Enter");
    await page.turns().last().locator('[aria-busy="false"]').waitFor();
    await page.role("tab", "Devices").focus();
    await page.tab.keyboard.press("ArrowRight");
    assert.equal(await page.role("tab", "Rules").getAttribute("aria-selected"), "true");
    await page.tab.keyboard.press("ArrowLeft");
    const unnamed = await page.tab.evaluate(() => [...document.querySelectorAll("button, a, input, textarea, summary")].filter((e) => !(e.getAttribute("aria-label") || e.textContent.trim() || e.closest("label")?.textContent.trim())).map((e) => e.outerHTML.slice(0, 80)));
    assert.deepEqual(unnamed, []);
  },

  async "what is said for later waits in its place, and ends by a tap"(page) {
    await page.say("Set a tea timer for 20 minutes");
    await page.say("Turn off the lobby light in two hours");
    await page.say("Put oats on the shopping list");
    await page.role("button", "Timers and lists, 2 waiting").click();
    const dialog = page.role("dialog", "Timers and lists");
    await dialog.getByText("tea", { exact: true }).waitFor();
    await page.accessible("timers and lists");
    await page.shot("later");
    await dialog.getByRole("button", { name: "Pause: tea" }).click();
    await dialog.getByText(/^paused, /).waitFor();
    const cancel = dialog.getByRole("button", { name: "Cancel: tea" });
    await cancel.click();
    await cancel.waitFor({ state: "hidden" });
    await dialog.getByRole("button", { name: /^Cancel: / }).click();
    await dialog.getByText(/^Nothing waits/).waitFor();
    const list = dialog.getByRole("region", { name: "Shopping list" });
    await list.getByRole("checkbox", { name: "oats" }).check();
    await list.getByRole("textbox").fill("honey");
    await list.getByRole("button", { name: "Add" }).click();
    await list.getByRole("checkbox", { name: "honey" }).waitFor();
    await list.getByRole("button", { name: "Remove what is done" }).click();
    await list.getByRole("checkbox", { name: "oats" }).waitFor({ state: "hidden" });
    await page.tab.setViewportSize({ width: 360, height: 740 });
    await page.fits("timers and lists");
    await page.tab.setViewportSize({ width: 1280, height: 800 });
    await page.tab.keyboard.press("Escape");
    await dialog.waitFor({ state: "hidden" });
  },

  ...PLAN,

  async "a server that cannot be reached is told, and a sentence can be said again"(page) {
    await page.context.route("**/api/conversation/**", (route) => route.abort());
    const turn = await page.say("Turn off the lobby light");
    await turn.getByRole("alert").waitFor();
    await page.context.unroute("**/api/conversation/**");
    await turn.getByRole("button", { name: "Say it again" }).click();
    const next = page.turns().last();
    await next.getByText("confirmed").waitFor();
  },

  async "signing out ends it"(page) {
    await page.role("button", /^Account/).click();
    await page.role("button", "Sign out").click();
    await page.role("heading", "Sign in").waitFor();
    await page.tab.reload();
    await page.role("heading", "Sign in").waitFor();
  },

  async "the console had no errors, and nothing was fetched from elsewhere"(page) {
    // The one that the tests made themselves.
    const errors = page.errors.filter((text) => !text.includes("net::ERR_FAILED"));
    assert.deepEqual({ errors, foreign: page.foreign }, { errors: [], foreign: [] });
  },
};
