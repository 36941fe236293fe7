// The page as the tests see it: found by roles and names, never by class.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const ARGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
/** Longest wait for anything; a command's own deadline is shorter. */
const WAIT_MS = 15_000;

export class Page {
  static async launch(url, code) {
    const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ARGS });
    return Page.within(browser, { url, code }, { viewport: { width: 1280, height: 800 }, locale: "en-GB" });
  }

  /** A person of their own in the same browser: other cookies, window and language. */
  static async within(browser, { url, code }, { viewport, locale, touch = false }) {
    const context = await browser.newContext({ viewport, locale, hasTouch: touch, colorScheme: "light", reducedMotion: "reduce" });
    context.setDefaultTimeout(WAIT_MS);
    const page = new Page();
    Object.assign(page, { url, code, browser, context, errors: [], foreign: [] });
    await page.open();
    return page;
  }

  /** Somebody else with another link to sign in with, made by who is signed in here. */
  async guest(options) {
    return Page.within(this.browser, { url: this.url, code: await this.link() }, options);
  }

  async signIn() {
    await this.goto(`/#code=${encodeURIComponent(this.code)}`);
    await this.role("textbox", "Message").waitFor();
  }

  /** A code for somebody else. */
  async link() {
    const answer = await this.tab.evaluate(async () => {
      const response = await fetch("/api/session/link", { method: "POST", headers: { "content-type": "application/json", "x-castellan-page": "1" }, body: "{}" });
      return response.json();
    });
    return /code=(\w+)/.exec(answer.url)?.[1] ?? "";
  }

  /** A new tab, with an ear on its console and its connections. */
  async open() {
    this.tab = await this.context.newPage();
    await this.tab.addInitScript(() => {
      globalThis.shifts = [];
      const place = ({ x, y, width, height }) => [x, y, width, height].map(Math.round).join(",");
      const name = (node) => (node instanceof Element ? node.className || node.tagName : (node?.parentElement?.className ?? "gone")).toString();
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) {
          if (entry.hadRecentInput) continue;
          const moved = entry.sources.map(({ node, previousRect, currentRect }) => `${name(node)} ${place(previousRect)} -> ${place(currentRect)}`);
          globalThis.shifts.push({ value: entry.value, at: Math.round(entry.startTime), moved });
        }
      }).observe({ type: "layout-shift", buffered: true });
    });
    this.tab.on("pageerror", (error) => this.errors.push(String(error)));
    this.tab.on("console", (message) => {
      // The browser itself reports every status from 400 on; the page asks who is signed in before anybody is.
      if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) this.errors.push(message.text());
    });
    this.tab.on("request", (request) => {
      if (!request.url().startsWith(this.url) && !request.url().startsWith("data:")) this.foreign.push(request.url());
    });
  }

  /** What stood there and was moved by what came later: how much (cumulative layout shift), when, and what. */
  shifts() {
    return this.tab.evaluate(() => globalThis.shifts);
  }

  async goto(path) {
    await this.tab.goto(this.url.replace(/\/$/, "") + path);
  }

  role(role, name, options = {}) {
    return this.tab.getByRole(role, name === undefined ? options : { name, ...options });
  }

  /** Says a sentence and waits for the end of its turn; gives back the turn. */
  async say(sentence) {
    const box = this.role("textbox", /^(Message|消息)$/);
    await box.fill(sentence);
    await box.press("Enter");
    const turn = this.turns().last();
    await turn.filter({ hasText: sentence }).locator('[aria-busy="false"]').waitFor();
    return turn;
  }

  /** Shows a part of the building: by its tab, or on a narrow window by the bar at the bottom. */
  async section(name) {
    await this.role("tab", name).or(this.role("navigation").getByRole("button", { name })).first().click();
  }

  turns() {
    return this.role("log").locator(":scope > ol > li");
  }

  /** The present language of the page. */
  lang() {
    return this.tab.evaluate(() => document.documentElement.lang);
  }

  async setLang(lang) {
    if ((await this.lang()) !== lang) await this.role("button", lang === "en" ? "Switch to English" : "切换到中文").click();
    assert.equal(await this.lang(), lang);
  }

  /** Nothing stands out of the window to the side; a row of floors, a drawing and a table of one's own may be wider. */
  async fits(what) {
    const wide = await this.tab.evaluate(() => {
      const limit = document.documentElement.clientWidth;
      const scrolls = [...document.querySelectorAll("*")].filter((e) => e.scrollWidth > e.clientWidth + 1 && e.role !== "radiogroup" && !e.closest("[data-pans]") && /auto|scroll/.test(getComputedStyle(e).overflowX));
      const out = [...document.querySelectorAll("button, input, textarea, h1, h2, h3, p, li, article")].filter((e) => e.getBoundingClientRect().right > limit + 1 && !e.closest("[role=radiogroup], [data-pans]"));
      return { page: document.documentElement.scrollWidth - limit, inner: scrolls.map((e) => e.className), out: out.map((e) => e.textContent.slice(0, 40)) };
    });
    assert.deepEqual(wide, { page: 0, inner: [], out: [] }, what);
  }

  /** What axe-core finds by WCAG 2.2 A and AA, in the light and in the dark. */
  async accessible(what) {
    // The policy of the page forbids script tags, so the checker comes in by the debugger.
    await this.tab.evaluate(AXE);
    await this.check(`${what}, light`);
    await this.tab.emulateMedia({ colorScheme: "dark" });
    await this.check(`${what}, dark`);
    await this.tab.emulateMedia({ colorScheme: "light" });
  }

  /** Behind a dialogue nothing can be reached, so only the dialogue is looked at. */
  async check(what) {
    const found = await this.tab.evaluate(() =>
      globalThis.axe.run(document.querySelector("dialog[open]") ?? document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] }).then((result) =>
        result.violations
          // What is cut by the edge of what scrolls is whole once it is scrolled to.
          .map((v) => ({ ...v, nodes: v.nodes.filter((n) => !/partially obscured/.test(n.any[0]?.message ?? "")) }))
          .filter((v) => v.nodes.length > 0)
          .map((v) => `${v.id}: ${v.help} (${v.nodes.map((n) => `${n.target} ${n.any[0]?.message ?? ""}`).join("; ")})`)),
    );
    assert.deepEqual(found, [], what);
  }

  /** Closes what stands in front of the page. */
  async closeDialogs() {
    for (let turn = 0; turn < 3 && (await this.tab.locator("dialog[open]").count()) > 0; turn += 1) await this.tab.keyboard.press("Escape");
  }

  async shot(name) {
    await this.picture(this.tab, name);
  }

  /** A picture for the eye, where somebody wants them. */
  async picture(tab, name) {
    if (process.env.E2E_SHOTS) await tab.screenshot({ path: join(process.env.E2E_SHOTS, `${name}.png`) });
  }

  /** This person goes; the browser stays. */
  async leave() {
    await this.context.close();
  }

  async close() {
    await this.browser.close();
  }
}
