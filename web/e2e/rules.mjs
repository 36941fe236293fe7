// The pages about rules: a rule drawn, tried on the past, on trial and on a table; what rules do together; scenes and
// schedules; rules that are drawn by hand, come from other systems or from a template; what a rule tells people.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

const FAN = "If the meeting room temperature is above 24 degrees, turn on the meeting room fan";
const AGAINST = "If the meeting room temperature is above 25 degrees, turn off the meeting room fan";

const AUTOMATION = `- alias: Lamp after the lobby light
  triggers:
    - trigger: state
      entity_id: light.lobby_light
      to: "on"
    - trigger: conversation
      command: it is dark
  actions:
    - action: light.turn_on
      target: {entity_id: light.nobody_knows_it}
    - action: light.turn_off
      target: {entity_id: light.desk_lamp}
`;
const BLUEPRINT = `blueprint:
  name: Light while somebody is there
  domain: automation
  input:
    sensor: {name: Presence, selector: {entity: {domain: binary_sensor, device_class: occupancy}}}
    lamp: {name: Lamp, selector: {entity: {domain: light}}}
triggers:
  - trigger: state
    entity_id: !input sensor
    to: "on"
actions:
  - action: light.turn_on
    target: {entity_id: !input lamp}
`;
const FLOW = JSON.stringify([
  { id: "t", type: "tab", label: "Heat" },
  { id: "b", type: "mqtt-broker", broker: "localhost" },
  { id: "in", type: "mqtt in", z: "t", topic: "raw/+", broker: "b", wires: [["out", "fn"]] },
  { id: "fn", type: "function", z: "t", func: "return msg;", wires: [["out"]] },
  { id: "out", type: "mqtt out", z: "t", topic: "alarm/heat", broker: "b", wires: [] },
]);
const SQL = 'SELECT deviceName() AS device, temperature INTO "house/hot" FROM "/plant/+/user/climate" WHERE temperature > 30';

/** A request of this page, as its own code would make it. */
const ask = (page, method, path, body) =>
  page.tab.evaluate(
    async ([method, path, body]) => {
      const response = await fetch(path, { method, headers: { "content-type": "application/json", "x-castellan-page": "1" }, body: body === undefined ? undefined : JSON.stringify(body) });
      return { status: response.status, body: await response.json().catch(() => undefined) };
    },
    [method, path, body],
  );

/** Says no to the rule that was proposed last. */
const reject = async (page) => {
  const card = page.role("complementary").getByRole("article", { name: "New rule" }).last();
  await card.getByRole("button", { name: "Reject" }).click();
  await card.waitFor({ state: "hidden" });
};

/** Opens the dialogue of rules that come from elsewhere, with a text in it. */
const paste = async (page, text, format) => {
  await page.section("Rules");
  await show(page, "Rules");
  await page.role("button", "Import rules").click();
  const dialog = page.role("dialog");
  await dialog.getByRole("textbox", { name: "Rules as text" }).fill(text);
  assert.equal(await dialog.getByRole("combobox", { name: "It comes from" }).inputValue(), format);
  await dialog.getByRole("button", { name: "Read it" }).click();
  return dialog;
};

/** Approves the one rule that waits. */
const approve = async (turn) => {
  const card = turn.getByRole("article", { name: "New rule" });
  await card.getByRole("button", { name: "Approve" }).click();
  await card.getByText("Approved").first().waitFor();
};

const show = (page, part) => page.role("radiogroup", "What is shown").getByRole("radio", { name: part }).check({ force: true });

const open = async (page, name) => {
  await page.section("Rules");
  await page.role("button", name).first().click();
  return page.role("dialog");
};

const part = async (dialog, name) => {
  await dialog.getByRole("tab", { name }).click();
  return dialog.getByRole("tabpanel");
};

const leave = async (page) => {
  await page.tab.keyboard.press("Escape");
  await page.role("dialog").waitFor({ state: "hidden" });
};

const DESK = {
  async "a rule is drawn with what it carries, and its nodes are a list"(page) {
    await page.signIn();
    await approve(await page.say(FAN));
    const dialog = await open(page, /^More: If the meeting room temperature is above 24/);
    await dialog.getByRole("img", { name: /^Graph of the rule/ }).waitFor();
    const nodes = dialog.getByRole("list", { name: "Nodes" });
    await nodes.getByText(/^now: [\d.]+ ?°C$/).first().waitFor();
    await nodes.getByRole("button", { name: /^Compare/ }).click();
    await nodes.getByText(/from Point/).waitFor();
    await page.accessible("a rule that is drawn");
    await page.fits("a rule that is drawn");
    await page.shot("rule-graph");
  },

  async "it is saved for another system, or told what is in the way"(page) {
    const dialog = page.role("dialog");
    await dialog.getByRole("combobox", { name: "Export for" }).selectOption({ label: "Home Assistant" });
    const [file] = await Promise.all([page.tab.waitForEvent("download"), dialog.getByRole("button", { name: "Save the file" }).click()]);
    assert.match(await readFile(await file.path(), "utf8"), /numeric_state/);
    await dialog.getByRole("combobox", { name: "Export for" }).selectOption({ label: "Alibaba Cloud IoT" });
    await page.accessible("an export");
  },

  async "its steps are told by what came of them"(page) {
    const history = await part(page.role("dialog"), "History");
    await history.getByRole("radiogroup", { name: "Which steps" }).getByRole("radio", { name: "Changed" }).check({ force: true });
    await history.getByRole("listitem").or(history.getByText("There was no such step lately.")).first().waitFor();
    await history.getByRole("radiogroup", { name: "Which steps" }).getByRole("radio", { name: "Failed" }).check({ force: true });
    await history.getByText("There was no such step lately.").waitFor();
    await page.accessible("steps by class");
  },

  async "it is tried on the past, which is drawn beside what really happened"(page) {
    const past = await part(page.role("dialog"), "Backtest");
    await past.getByRole("radio", { name: "7 days" }).check({ force: true });
    await past.getByRole("button", { name: "Run the backtest" }).click();
    await past.getByText(/values and .* steps in/).waitFor();
    await past.getByRole("img", { name: /what really happened beside what would have/ }).first().waitFor();
    await page.accessible("a backtest");
    await page.fits("a backtest");
    await page.shot("rule-backtest");
  },

  async "it goes on trial, and from there to where it acts"(page) {
    const trial = await part(page.role("dialog"), "Trial");
    await trial.getByRole("button", { name: "Put it on trial" }).click();
    await trial.getByText(/^since /).waitFor();
    await page.accessible("a rule on trial");
    await page.shot("rule-trial");
    await trial.getByRole("button", { name: "Promote to live" }).click();
    await trial.getByRole("button", { name: "Yes, let it act" }).click();
    await trial.getByRole("button", { name: "Put it on trial" }).waitFor();
    assert.equal(await page.role("dialog").getByRole("radio", { name: "On", exact: true }).isChecked(), true);
  },

  async "a table of times and values shows row by row what it does"(page) {
    const table = await part(page.role("dialog"), "Scenario");
    await table.getByRole("textbox", { name: /^Row 1, Meeting room/ }).fill("20");
    await table.getByRole("textbox", { name: /^Row 2, Meeting room/ }).fill("25");
    await table.getByRole("button", { name: "Run it" }).click();
    await table.getByRole("button", { name: /^5:00/ }).getByText(/fan/i).waitFor();
    await table.getByRole("img", { name: /^Graph of the rule/ }).waitFor();
    await page.accessible("a scenario");
    await page.fits("a scenario");
    await page.shot("rule-scenario");
    await table.getByRole("textbox", { name: /^Row 2, Meeting room/ }).fill("warm");
    await table.getByRole("button", { name: "Run it" }).click();
    await table.getByRole("alert").first().waitFor();
    await leave(page);
  },

  async "a rule that contradicts another is told of before anybody approves it, with the case that shows it"(page) {
    const turn = await page.say(AGAINST);
    await turn.getByRole("button", { name: "Backtest" }).click();
    const dialog = page.role("dialog");
    const found = dialog.getByRole("region", { name: "What rules do together" });
    await found.getByText("Contradiction").first().waitFor();
    await found.getByRole("button", { name: "Show the case" }).first().click();
    await found.getByRole("table").first().getByRole("row").nth(1).waitFor();
    await page.accessible("a contradiction");
    await page.shot("rule-contradiction");
    await leave(page);
    await turn.getByRole("button", { name: "Reject" }).click();
    await turn.getByText("Rejected").first().waitFor();
  },

  async "the present state becomes a scene, which is changed and deleted"(page) {
    await page.section("Rules");
    await show(page, "Scenes");
    await page.role("button", "Save the present state").click();
    const dialog = page.role("dialog");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("As it was");
    await dialog.getByRole("combobox", { name: "Room" }).selectOption({ label: "Meeting room" });
    await page.accessible("a scene of the present state");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText(/^Scene As it was was saved/).waitFor();
    await dialog.getByRole("button", { name: "Done" }).click();
    const card = page.role("list", "Scenes").getByRole("listitem").filter({ hasText: "As it was" }).first();
    await card.getByText("as it is now").waitFor();
    await page.accessible("scenes");
    await page.fits("scenes");
    await page.shot("scenes");
    await page.role("button", "Edit: As it was").click();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("As it is");
    await page.accessible("a scene");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.role("button", "Delete: As it is").click();
    await page.role("button", "Yes, delete As it is").click();
    await page.role("button", "Run As it is").waitFor({ state: "hidden" });
  },

  async "a schedule is drawn as a week, and written by keyboard"(page) {
    await show(page, "Schedules");
    await page.role("button", "New schedule").click();
    const dialog = page.role("dialog");
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Opening hours");
    await dialog.getByRole("button", { name: "Add a time" }).click();
    const second = dialog.getByRole("group", { name: "Time 2" });
    await second.getByRole("combobox", { name: "Days" }).first().selectOption("weekdays");
    await second.getByRole("checkbox", { name: "Sat" }).check({ force: true });
    await page.accessible("a schedule");
    await page.fits("a schedule");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.role("img", /^The week/).waitFor();
    await page.accessible("schedules");
    await page.shot("schedules");
    await page.role("button", "Delete: Opening hours").click();
    await page.role("button", "Yes, delete Opening hours").click();
    await page.role("img", /^The week/).waitFor({ state: "hidden" });
  },

  async "the place and the calendar are set, and a zone that does not exist is told"(page) {
    await page.role("button", "Place and calendar").click();
    const dialog = page.role("dialog");
    const zone = dialog.getByRole("combobox", { name: "Time zone" });
    const before = await zone.inputValue();
    await zone.fill("Asia/Peking");
    await dialog.getByRole("alert").getByText(/There is no such time zone/).waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.getByText(/there is no time zone `Asia\/Peking`/).waitFor();
    await zone.fill(before);
    await dialog.getByText(/^It is \d\d:\d\d there now$/).waitFor();
    await dialog.getByRole("spinbutton", { name: /^Latitude/ }).fill("31.24");
    await dialog.getByLabel("Day: Further days off").fill("2026-12-24");
    await dialog.getByRole("group", { name: "Further days off" }).getByRole("button", { name: "Add" }).click();
    await page.accessible("place and calendar");
    await page.fits("place and calendar");
    await page.shot("site");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
    await page.role("button", "Place and calendar").click();
    await dialog.getByRole("button", { name: /^Delete: .*2026/ }).click();
    assert.equal(await dialog.getByRole("spinbutton", { name: /^Latitude/ }).inputValue(), "31.24");
    await dialog.getByRole("button", { name: "Save" }).click();
    await dialog.waitFor({ state: "hidden" });
  },

  async "a rule is drawn by hand, told what is wrong at its nodes, and proposed"(page) {
    await page.section("Rules");
    await show(page, "Rules");
    await page.role("button", "Draw a rule").click();
    const dialog = page.role("dialog");
    const add = async (name) => {
      await dialog.getByRole("searchbox", { name: "Search kinds" }).fill(name);
      await dialog.getByRole("region", { name: "Kinds of nodes" }).getByRole("button", { name, exact: true }).click();
    };
    await add("By hand");
    await add("Command");
    await dialog.getByText(/To mend/).waitFor();
    await page.accessible("a rule being drawn");
    await page.fits("a rule being drawn");
    await page.shot("editor");
    const node = dialog.getByRole("region", { name: "Command" });
    await node.getByRole("combobox", { name: "Point", exact: true }).fill("desk lamp power");
    await page.tab.keyboard.press("Enter");
    await node.getByRole("combobox", { name: "in", exact: true }).selectOption({ index: 1 });
    await dialog.getByText(/To mend/).waitFor({ state: "hidden" });
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Lamp by hand");
    await dialog.getByRole("button", { name: "Propose it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await reject(page);
  },

  async "an automation of Home Assistant is read, told what was left out, completed and proposed"(page) {
    const dialog = await paste(page, AUTOMATION, "home_assistant");
    await dialog.getByRole("heading", { name: "Rules that were read: 1" }).waitFor();
    await dialog.getByText("`conversation` is not supported").waitFor();
    await dialog.getByText("Graph", { exact: true }).click();
    await dialog.getByRole("img", { name: /^Graph of the rule: 4 nodes/ }).waitFor();
    await page.accessible("rules of another system");
    await page.fits("rules of another system");
    await page.shot("import-rules");
    const lamp = dialog.getByRole("combobox", { name: "light.nobody_knows_it" });
    await lamp.fill("floor lamp power");
    await page.tab.keyboard.press("Enter");
    await dialog.getByRole("img", { name: /^Graph of the rule: 5 nodes/ }).waitFor();
    await dialog.getByRole("heading", { name: "Not taken: 1" }).waitFor();
    await dialog.getByRole("button", { name: "Propose it" }).click();
    await dialog.getByRole("button", { name: "Show it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await reject(page);
  },

  async "a blueprint asks for its inputs and becomes a rule"(page) {
    const dialog = await paste(page, BLUEPRINT, "home_assistant");
    const holes = dialog.getByRole("region", { name: "Light while somebody is there" });
    await holes.getByRole("combobox", { name: "Presence" }).fill("meeting presence");
    await page.tab.keyboard.press("Enter");
    await holes.getByRole("combobox", { name: "Lamp" }).fill("desk lamp");
    await page.tab.keyboard.press("Enter");
    await page.accessible("a blueprint");
    await page.fits("a blueprint");
    await page.shot("blueprint");
    await holes.getByRole("button", { name: "Make the rule" }).click();
    await dialog.getByRole("heading", { name: "Rules that were read: 1" }).waitFor();
    await dialog.getByRole("button", { name: "Propose it" }).waitFor();
    await leave(page);
  },

  async "a flow of Node-RED is read, and changed before it is proposed"(page) {
    const dialog = await paste(page, FLOW, "node_red");
    await dialog.getByText(/function/).last().waitFor();
    await dialog.getByRole("button", { name: "Change it first" }).click();
    await page.role("heading", "Draw a rule").waitFor();
    await dialog.getByRole("textbox", { name: "Name", exact: true }).fill("Heat");
    await dialog.getByRole("button", { name: "Propose it" }).click();
    await dialog.waitFor({ state: "hidden" });
    await reject(page);
  },

  async "a stream rule is read and tried with a message"(page) {
    const dialog = await paste(page, SQL, "sql");
    await dialog.getByRole("heading", { name: "Rules that were read: 1" }).waitFor();
    const payload = dialog.getByRole("textbox", { name: "Payload" });
    await payload.fill('{"temperature": 31}');
    await dialog.getByRole("combobox", { name: "Device that sends it" }).selectOption({ index: 1 });
    await dialog.getByRole("button", { name: "Try it" }).click();
    await dialog.getByText(/^It would publish on/).waitFor();
    await dialog.getByText(/"temperature": ?31/).last().waitFor();
    await payload.fill('{"temperature": 20}');
    await dialog.getByRole("button", { name: "Try it" }).click();
    await dialog.getByText(/^It would publish on/).waitFor({ state: "hidden" });
    await page.accessible("a stream rule");
    await page.fits("a stream rule");
    await page.shot("import-sql");
    await leave(page);
  },

  async "a template is filled in, told what does not fit, and proposed"(page) {
    await page.role("button", "Templates").click();
    const dialog = page.role("dialog");
    await page.accessible("the templates");
    await page.fits("the templates");
    await page.shot("templates");
    await dialog.getByRole("button", { name: /Fan by humidity/ }).or(dialog.getByRole("button", { name: /humid/i })).first().click();
    const points = dialog.getByRole("combobox", { expanded: false });
    await points.first().fill("humidity");
    await page.tab.keyboard.press("Enter");
    await points.nth(1).fill("fan power");
    await page.tab.keyboard.press("Enter");
    await dialog.getByRole("button", { name: "Make the rule" }).click();
    await dialog.getByText("Graph", { exact: true }).click();
    await dialog.getByRole("img", { name: /^Graph of the rule/ }).waitFor();
    await page.accessible("a template");
    await page.fits("a template");
    await page.shot("template");
    await dialog.getByRole("button", { name: "Propose it" }).click();
    await dialog.getByRole("button", { name: "Show it" }).click();
    await reject(page);
  },

  async "what a rule tells people stands in front of the page and in a list until it is read"(page) {
    const graph = {
      schemaVersion: 1,
      id: `ru_${Date.now().toString(16).padStart(32, "0")}`,
      name: { zh: "告知", en: "Tell people" },
      state: "live",
      nodes: [
        { id: "begin", type: "manual", params: {} },
        { id: "tell", type: "notify", params: { zh: "灯已看过", en: "The lamp was looked after", level: "warning" } },
      ],
      edges: [{ from: { node: "begin", port: "message" }, to: { node: "tell", port: "in" } }],
    };
    const proposed = await ask(page, "POST", "/api/rules", graph);
    assert.equal(proposed.status, 200, JSON.stringify(proposed.body));
    const [proposal] = proposed.body.proposals;
    assert.equal((await ask(page, "POST", `/api/proposals/${proposal.id}/approve`, { hash: proposal.hash })).status, 200);
    await page.section("Rules");
    await show(page, "Rules");
    await page.role("button", "More: Tell people").click();
    await page.role("dialog").getByRole("button", { name: "Run by hand" }).click();
    await page.role("dialog").getByText("It was triggered").waitFor();
    await leave(page);
    await page.role("status").getByText("The lamp was looked after").waitFor();
    await page.shot("toast");
    await page.accessible("a notice in front of the page");
    await page.role("button", /^Notices, \d+ unread$/).click();
    const dialog = page.role("dialog", "Notices");
    await dialog.getByText("The lamp was looked after").first().waitFor();
    await page.accessible("notices");
    await dialog.getByRole("button", { name: "Mark all as read" }).click();
    await page.role("dialog", "Notices").getByText(/^read by|read by/).first().waitFor();
    await leave(page);
    await page.role("button", "Notices", { exact: true }).waitFor();
  },

  async "no error was told to the console"(page) {
    assert.deepEqual(page.errors, []);
  },
};

const PHONE = {
  async "on a phone, in Chinese and in the dark, a rule's parts fit and are reached"(page) {
    await page.tab.emulateMedia({ colorScheme: "dark" });
    await page.goto(`/#code=${encodeURIComponent(page.code)}`);
    await page.role("textbox", "消息").waitFor();
    await page.section(/^规则/);
    await page.fits("规则");
    await page.role("button", /^更多：/).first().click();
    const dialog = page.role("dialog");
    await dialog.getByRole("img", { name: /^规则流程图/ }).waitFor();
    await page.shot("phone-graph");
    for (const name of ["流程图", "执行记录", "回测", "试运行", "情景表"]) {
      await dialog.getByRole("tab", { name }).click();
      await page.fits(name);
      await page.accessible(name);
    }
    await leave(page);
    for (const name of ["导入规则", "规则模板"]) {
      await page.role("button", name).click();
      await page.role("dialog", name).waitFor();
      await page.fits(name);
      await page.accessible(name);
      await page.shot(`phone-${name}`);
      await leave(page);
    }
    for (const name of ["场景", "时间表"]) {
      await page.role("radiogroup", "显示什么").getByRole("radio", { name }).check({ force: true });
      await page.fits(name);
    }
  },
};

export const RULES = [
  { name: "rules", options: { viewport: { width: 1280, height: 800 }, locale: "en-GB" }, tests: DESK },
  { name: "rules-phone", options: { viewport: { width: 360, height: 740 }, locale: "zh-CN", touch: true }, tests: PHONE },
];
