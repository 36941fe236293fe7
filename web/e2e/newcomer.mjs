// The first ten minutes of somebody who has never seen it: from the printed address to a device of one's own, on a phone
// and on a desk, in both languages. Each is a browser of its own on the same building.

import assert from "node:assert/strict";
import { paste } from "./tests.mjs";

const WORDS = {
  en: {
    locale: "en-GB",
    tag: "en",
    box: "Message",
    examples: "Try one of these",
    fresh: "Begin a new one",
    talks: "Conversations",
    parts: { talk: /^Chat/, plan: /\bPlan\b/, rules: /^Rules/, proposals: /^Approvals/, devices: /^Devices/ },
    receipts: "What the devices did",
    confirmed: "confirmed",
    rule: "New rule",
    play: "Play it",
    start: "Play until it acts",
    verdict: /^It would/,
    nothing: "Nothing real happened: this was a copy.",
    approve: "Approve",
    reject: "Reject",
    approved: "Approved",
    propose: "Propose the rule",
    connect: "Connect a device",
    mqtt: /^A device of your own, by MQTT/,
    other: /^Something else/,
    name: "Name",
    room: "Room",
    pantry: "Pantry",
    next: "Continue",
    waiting: "Nothing heard yet",
    infer: "Make a model of it",
    use: "Use this model",
    again: /^The model is in use/,
    arrived: /^First value arrived/,
    done: "Done",
    device: "Sill climate",
    ask: /^What is the temperature of the sill climate/,
    degrees: /\d ?°C/,
    manual: ["modbus", /Modbus/],
    why: /^Why is /,
    lit: /on/,
  },
  zh: {
    locale: "zh-CN",
    tag: "zh-CN",
    box: "消息",
    examples: "试试这些",
    fresh: "开始新对话",
    talks: "对话记录",
    parts: { talk: /^对话/, plan: /平面图/, rules: /^规则/, proposals: /^待批准/, devices: /^设备/ },
    receipts: "设备回执",
    confirmed: "已确认",
    rule: "新规则",
    play: "演练",
    start: "开始演练",
    verdict: /执行$|执行.*之后$/,
    nothing: "这次演练没有动任何真实的设备。",
    approve: "批准",
    reject: "拒绝",
    approved: "已批准",
    propose: "提议这条规则",
    connect: "接入设备",
    mqtt: /^自己的设备，用 MQTT/,
    other: /^其他/,
    name: "名称",
    room: "房间",
    pantry: "茶水间",
    next: "继续",
    waiting: "还没有收到任何数据",
    infer: "由此推断物模型",
    use: "就用这个",
    again: /^物模型已生效/,
    arrived: /^第一个数值已到达/,
    done: "完成",
    device: "窗台气候",
    ask: /窗台气候.*温度是多少/,
    degrees: /\d ?°C/,
    manual: ["Modbus", /Modbus/],
    why: /^为什么/,
    lit: /开/,
  },
};

const SIZES = { phone: { width: 360, height: 740 }, desk: { width: 1440, height: 900 } };

/** The page is to be usable so soon after its address was opened; this machine runs the tests beside it. */
const USABLE_MS = 4_000;
/** Most that what stands there may be moved by what comes later (cumulative layout shift). */
const SHIFT_MAX = 0.1;

/** The stories, one for each size and language. */
export const STORIES = Object.keys(SIZES).flatMap((size) =>
  Object.keys(WORDS).map((lang) => ({ name: `${size}-${lang}`, options: { viewport: SIZES[size], locale: WORDS[lang].locale, touch: size === "phone" }, tests: story(size, WORDS[lang], `${size}-${lang}`) })),
);

function story(size, w, name) {
  const narrow = size === "phone";
  /** Another beginning: an empty conversation with its six sentences. */
  const afresh = async (page) => {
    if (narrow) await page.section(w.parts.talk);
    await page.role("button", w.talks).click();
    await page.role("dialog", w.talks).getByRole("button", { name: w.fresh }).click();
    await page.role("list", w.examples).waitFor();
  };
  const sentences = async (page) => page.role("list", w.examples).getByRole("button").allInnerTexts();
  const tap = async (page, text) => {
    await page.role("list", w.examples).getByRole("button", { name: text, exact: true }).click();
    const turn = page.turns().last();
    await turn.locator('[aria-busy="false"]').waitFor();
    assert.equal(await turn.getByRole("alert").count(), 0, text);
    return turn;
  };
  let rule;

  return {
    async "the address opens on a usable page in the browser's language"(page) {
      const begun = Date.now();
      await page.goto(`/#code=${encodeURIComponent(page.code)}`);
      await page.role("textbox", w.box).waitFor();
      await page.role("list", w.examples).getByRole("button").first().waitFor();
      const took = Date.now() - begun;
      assert.ok(took < USABLE_MS, `usable after ${took} ms`);
      assert.equal(await page.lang(), w.tag);
      await page.shot(`${name}-1-open`);
      await page.accessible(`the first page, ${name}`);
      await page.fits(`the first page, ${name}`);
    },

    async "nothing jumps while it comes together"(page) {
      await page.tab.reload();
      await page.role("list", w.examples).getByRole("button").first().waitFor();
      await page.tab.waitForTimeout(1_500);
      const shifts = await page.shifts();
      const sum = shifts.reduce((total, { value }) => total + value, 0);
      assert.ok(sum < SHIFT_MAX, `layout shift ${sum}: ${JSON.stringify(shifts)}`);
    },

    async "six sentences are offered, and each is answered rightly"(page) {
      assert.equal((await sentences(page)).length, 6);
      for (let at = 0; at < 6; at += 1) {
        const text = (await sentences(page))[at];
        const turn = await tap(page, text);
        const card = turn.getByRole("article", { name: w.rule });
        if (/^(If|When)|^如果|时，/.test(text)) {
          await card.waitFor();
          rule = text;
        } else if (/[?？]$/.test(text)) {
          const said = await turn.locator("[aria-busy] > p").last().innerText();
          assert.ok(said.length > 3, `${text} -> ${said}`);
          if (/warm|多少度/.test(text)) assert.match(said, w.degrees);
        } else {
          await turn.getByRole("list", { name: w.receipts }).getByText(w.confirmed).first().waitFor();
        }
        await page.shot(`${name}-2-sentence-${at + 1}`);
        await page.fits(`${text}, ${name}`);
        await afresh(page);
      }
      assert.ok(rule, "one of them is a rule");
    },

    async "the lamp that was switched on glows on the plan"(page) {
      const text = (await sentences(page))[0];
      const turn = await tap(page, text);
      await turn.getByRole("list", { name: w.receipts }).getByText(w.confirmed).first().waitFor();
      await page.section(w.parts.plan);
      const building = page.role("complementary");
      await building.locator("svg").first().waitFor();
      await building.locator('svg [role="button"]').first().waitFor();
      await page.shot(`${name}-3-plan`);
      await page.accessible(`the plan, ${name}`);
      await page.fits(`the plan, ${name}`);
    },

    async "a rule is said, played in a copy, and approved"(page) {
      await afresh(page);
      const turn = await page.say(rule);
      const card = turn.getByRole("article", { name: w.rule });
      await card.getByRole("button", { name: w.play }).click();
      const dialog = page.role("dialog");
      await dialog.getByRole("button", { name: w.start }).click();
      await dialog.getByRole("heading", { name: w.verdict }).waitFor();
      await dialog.locator("svg[role=img]").first().waitFor();
      await dialog.getByText(w.nothing).waitFor();
      await page.shot(`${name}-4-played`);
      await page.accessible(`a rule that was played, ${name}`);
      await page.fits(`a rule that was played, ${name}`);
      await page.tab.keyboard.press("Escape");
      await dialog.waitFor({ state: "hidden" });
      await card.getByRole("button", { name: w.approve }).click();
      await card.getByText(w.approved).first().waitFor();
      await page.section(w.parts.rules);
      await page.role("complementary").getByRole("radiogroup").first().waitFor();
      await page.shot(`${name}-5-rules`);
      await page.accessible(`the rules, ${name}`);
      await page.fits(`the rules, ${name}`);
    },

    async "why is answered with the cause"(page) {
      await afresh(page);
      const why = (await sentences(page)).find((text) => w.why.test(text));
      assert.ok(why);
      await tap(page, why);
      await page.shot(`${name}-6-why`);
    },

    async "a finding of the past is proposed as a rule"(page) {
      await afresh(page);
      const propose = page.role("main").getByRole("button", { name: w.propose });
      await propose.waitFor({ timeout: 60_000 });
      await propose.scrollIntoViewIfNeeded();
      await page.shot(`${name}-7-finding`);
      await page.accessible(`a finding, ${name}`);
      await page.fits(`a finding, ${name}`);
      await propose.click();
      const card = page.role("main").getByRole("article", { name: w.rule });
      await card.getByRole("button", { name: w.reject }).waitFor();
      await card.scrollIntoViewIfNeeded();
      await page.shot(`${name}-8-finding-proposed`);
      // The next newcomer finds it again.
      await card.getByRole("button", { name: w.reject }).click();
      await card.getByRole("button", { name: w.reject }).waitFor({ state: "hidden" });
    },

    async "a device of one's own is connected by a real client, and speaks before it has a model"(page) {
      await page.section(w.parts.devices);
      await page.role("button", w.connect).click();
      const dialog = page.role("dialog");
      await page.shot(`${name}-9-connect`);
      await dialog.getByRole("button", { name: w.mqtt }).click();
      await dialog.getByRole("radio", { name: w.other }).check({ force: true });
      await dialog.getByRole("textbox", { name: w.name, exact: true }).fill(`${w.device} ${size}`);
      await dialog.getByRole("combobox", { name: w.room }).selectOption({ label: w.pantry });
      await page.fits(`connecting, ${name}`);
      await dialog.getByRole("button", { name: w.next, exact: true }).click();
      await dialog.getByText(w.waiting).waitFor();
      await page.shot(`${name}-10-waiting`);
      await page.accessible(`waiting for a device, ${name}`);
      await page.fits(`waiting for a device, ${name}`);
      const line = await dialog.locator("code").filter({ hasText: "mosquitto_pub" }).first().innerText();
      await paste(line);
      await dialog.getByRole("button", { name: w.infer }).click();
      await dialog.getByRole("button", { name: w.use }).waitFor();
      await page.shot(`${name}-11-model`);
      await page.accessible(`a model that was inferred, ${name}`);
      await dialog.getByRole("button", { name: w.use }).click();
      await dialog.getByText(w.again).waitFor();
      await paste(line);
      await dialog.getByText(w.arrived).waitFor();
      await page.shot(`${name}-12-arrived`);
      await page.accessible(`the first value, ${name}`);
      await dialog.getByRole("button", { name: w.done, exact: true }).click();
      await dialog.waitFor({ state: "hidden" });
    },

    async "it stands on the plan, and answers when asked"(page) {
      await page.role("complementary").getByText(`${w.device} ${size}`).first().waitFor();
      await page.shot(`${name}-13-on-the-plan`);
      if (narrow) await page.section(w.parts.talk);
      const turn = await page.say(w.tag === "en" ? `What is the temperature of the ${w.device.toLowerCase()} ${size}?` : `${w.device} ${size}的温度是多少？`);
      assert.match(await turn.locator("[aria-busy]").innerText(), /21\.5/);
    },

    async "the manual is read and searched without signing in"(page) {
      const tab = await page.context.newPage();
      await tab.goto(page.url.replace(/\/$/, "") + `/docs/${w.tag}/start`);
      await tab.locator("h1").first().waitFor();
      assert.equal(await tab.evaluate(() => document.documentElement.lang), w.tag);
      const box = tab.getByRole("searchbox").first();
      await box.fill(w.manual[0]);
      await box.press("Enter");
      await tab.getByRole("link", { name: w.manual[1] }).first().waitFor();
      await page.picture(tab, `${name}-14-manual`);
      await tab.close();
    },

    async "no error was told to the console, and nothing came from elsewhere"(page) {
      assert.deepEqual({ errors: page.errors, foreign: page.foreign }, { errors: [], foreign: [] });
    },
  };
}
