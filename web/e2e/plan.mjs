// The plan of the building and the controls of its devices: what the chat does is seen there, and everything can be done
// by hand and by keyboard.

import assert from "node:assert/strict";

const building = (page) => page.role("complementary", "Building");
const room = (page, name) => building(page).getByRole("button", { name: new RegExp(`^${name}\\b`) });

/** Waits until the name of a room says something. */
const says = (page, name, words) => building(page).getByRole("button", { name: new RegExp(`^${name}\\b.*${words}`) }).waitFor();

/** Makes a leak sensor of the simulated building wet or dry; gives the status of the answer. */
const leaks = (page, name, value) =>
  page.tab.evaluate(
    async ([name, value]) => {
      const all = async (what) => (await (await fetch(`/api/${what}?limit=500`)).json()).items;
      const sensor = (await all("devices")).find((device) => device.names.en?.[0] === name);
      const point = (await all("points")).find((one) => one.device === sensor.id && one.trait === "leak");
      const answer = await fetch(`/api/simulation/points/${point.id}`, { method: "POST", headers: { "content-type": "application/json", "x-castellan-page": "1" }, body: JSON.stringify({ value }) });
      return answer.status;
    },
    [name, value],
  );

/** How far things moved by themselves since the page was opened (cumulative layout shift). */
const shifted = (page) =>
  page.tab.evaluate(
    () =>
      new Promise((resolve) => {
        let sum = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((entry) => (sum += entry.hadRecentInput ? 0 : entry.value))).observe({ type: "layout-shift", buffered: true });
        setTimeout(() => resolve(sum), 300);
      }),
  );

export const PLAN = {
  async "the plan stands where it will stay"(page) {
    await page.tab.setViewportSize({ width: 1440, height: 900 });
    await page.tab.reload();
    await page.role("tab", "Plan").click();
    await room(page, "Lobby").waitFor();
    const moved = await shifted(page);
    assert.ok(moved < 0.05, `layout shift ${moved}`);
    await page.accessible("the plan");
    await page.shot("plan");
  },

  async "what the chat does is seen on its floor"(page) {
    await building(page).getByRole("radio", { name: /^First floor/ }).click();
    const turn = await page.say("Turn on the meeting room light");
    await turn.getByText("confirmed").first().waitFor();
    await page.tab.waitForFunction(() => /^Second floor/.test(document.querySelector('[role="radio"][aria-checked="true"]')?.textContent ?? ""));
    await says(page, "Meeting room", "1 of 1 lights on");
    await page.shot("plan-lit");
  },

  async "floors and rooms are reached by arrow keys, and a room opens with Enter"(page) {
    await building(page).getByRole("radio", { name: /^Second floor/ }).focus();
    await page.tab.keyboard.press("ArrowRight");
    await building(page).getByRole("radio", { name: /^Third floor/, checked: true }).waitFor();
    await page.tab.keyboard.press("ArrowLeft");
    await building(page).getByRole("radio", { name: /^Second floor/, checked: true }).waitFor();
    await room(page, "Open office").focus();
    const focused = () => page.tab.evaluate(() => document.activeElement.getAttribute("data-cell"));
    const seen = new Set([await focused()]);
    for (const key of ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"]) {
      await page.tab.keyboard.press(key);
      seen.add(await focused());
    }
    assert.ok(seen.size > 1 && !seen.has(null), "arrow keys move between rooms");
    await room(page, "Meeting room").focus();
    await page.tab.keyboard.press("Enter");
    await building(page).getByRole("heading", { name: "Meeting room" }).waitFor();
    await page.accessible("a room");
    await page.shot("plan-room");
  },

  async "a switch and a slider do what they say and tell what became of it"(page) {
    const light = building(page).getByRole("listitem").filter({ hasText: "Meeting room light" });
    await light.getByRole("switch", { name: "Meeting room light" }).click();
    await says(page, "Meeting room", "lights off");
    await light.getByRole("switch", { name: "Meeting room light" }).click();
    await says(page, "Meeting room", "lights on");
    await light.getByRole("button", { name: /^Meeting room light/ }).click();
    const brightness = light.getByRole("slider", { name: /[Bb]rightness/ });
    await brightness.focus();
    await page.tab.keyboard.press("End");
    await light.getByText("confirmed").first().waitFor();
    assert.match(await brightness.getAttribute("aria-valuetext"), /100/);
    await page.accessible("the controls of a light");
    await page.shot("plan-light");
  },

  async "a setpoint is stepped and set once"(page) {
    const device = building(page).getByRole("listitem").filter({ hasText: "Meeting room AC" });
    await device.getByRole("button", { name: /^Meeting room AC/ }).click();
    const group = device.getByRole("group").filter({ has: page.role("button", /lower$/) });
    const before = await group.getByRole("status").innerText();
    await group.getByRole("button", { name: /lower$/ }).click();
    await group.getByRole("button", { name: /lower$/ }).click();
    await device.getByText("confirmed").first().waitFor();
    // Its report comes a moment after the receipt.
    await group.getByRole("status").filter({ hasNotText: before }).waitFor();
  },

  async "the past of a value is drawn, and read by arrow keys"(page) {
    const sensor = building(page).getByRole("listitem").filter({ hasText: "Meeting room sensor" });
    await sensor.getByRole("button", { name: /^Meeting room sensor/ }).click();
    await sensor.getByRole("radiogroup", { name: "Time range" }).waitFor();
    await sensor.getByRole("radio", { name: "7 d" }).check({ force: true });
    const cursor = sensor.getByRole("slider", { name: "History" });
    if (await cursor.waitFor({ timeout: 5_000 }).then(() => true, () => false)) {
      await cursor.focus();
      await page.tab.keyboard.press("ArrowLeft");
      assert.ok(await cursor.getAttribute("aria-valuetext"));
    } else await sensor.getByText("no values").first().waitFor();
    await page.accessible("the past of a value");
    await page.shot("plan-past");
  },

  async "the floor is a table too"(page) {
    const toggle = page.role("button", "Show as a table");
    await toggle.click();
    await building(page).getByRole("row").filter({ hasText: "Open office" }).waitFor();
    await page.accessible("the table of a floor");
    await toggle.click();
    await room(page, "Open office").waitFor();
    await page.tab.setViewportSize({ width: 1280, height: 800 });
  },

  async "an alarm stands across the page until a person has seen it"(page) {
    await page.tab.setViewportSize({ width: 1440, height: 900 });
    assert.equal(await leaks(page, "Server room leak sensor", true), 204);
    const strip = page.role("region", "Alarms");
    await strip.getByText("Server room leak sensor").first().waitFor();
    await page.accessible("an alarm");
    await page.shot("alarm");
    await strip.getByRole("button", { name: /^Show.*Server room leak sensor/ }).first().click();
    await building(page).getByRole("heading", { name: "Server room" }).waitFor();
    await says(page, "Server room", "Water leak");
    const seen = strip.getByRole("button", { name: /^Acknowledge.*Server room leak sensor/ }).first();
    await seen.click();
    await seen.waitFor({ state: "hidden" });
    await page.accessible("an alarm that was seen");
    assert.equal(await leaks(page, "Server room leak sensor", false), 204);
    await strip.getByText("Server room leak sensor").waitFor({ state: "hidden" });
    await page.tab.setViewportSize({ width: 1280, height: 800 });
  },

  async "another alarm moves nothing below the first one"(page) {
    await page.tab.setViewportSize({ width: 360, height: 740 });
    const strip = page.role("region", "Alarms");
    const sensors = ["Server room leak sensor", "First floor washroom leak sensor"];
    const heights = [];
    for (const sensor of sensors) {
      assert.equal(await leaks(page, sensor, true), 204);
      await strip.getByText(sensor).first().waitFor();
      heights.push((await strip.boundingBox()).height);
    }
    await page.shot("alarms-phone");
    assert.equal(heights[0], heights[1]);
    // Open, it has the whole text and the others.
    await strip.getByRole("button", { expanded: false }).click();
    for (const sensor of sensors) await strip.getByText(sensor).first().waitFor();
    for (const sensor of sensors) {
      await strip.getByRole("button", { name: new RegExp(`^Acknowledge.*${sensor}`) }).first().click();
      assert.equal(await leaks(page, sensor, false), 204);
      await strip.getByText(sensor).waitFor({ state: "hidden" });
    }
    await page.tab.setViewportSize({ width: 1280, height: 800 });
  },

  async "a scene is run by its button"(page) {
    await building(page).getByRole("button", { name: "Back to the overview" }).click();
    const scenes = page.role("region", "Scenes");
    await scenes.getByRole("button", { name: /^Meeting/, pressed: false }).click();
    await scenes.getByRole("button", { name: /^Meeting/, pressed: true }).waitFor();
    await page.shot("scene");
  },
};
