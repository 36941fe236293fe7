import { describe, expect, it } from "vitest";
import { languageOf, pick, preferred } from "./lang";
import { says } from "./speech";
import { clock, relative, span } from "./time";
import { text, toolWords, type Word, WORDS } from "./words";

describe("lang", () => {
  it.each([
    ["打开 lobby light", "en", "zh"],
    ["turn it on", "zh", "en"],
    ["26", "zh", "zh"],
    ["50%?", "en", "en"],
  ] as const)("%s is told by its script", (said, otherwise, expected) => expect(languageOf(said, otherwise)).toBe(expected));

  it("takes the first language of the browser that it speaks", () => {
    expect(preferred(["fr-FR", "zh-Hans-CN", "en"])).toBe("zh");
    expect(preferred(["de"])).toBe("en");
  });

  it("falls back to the other language", () => {
    expect(pick({ zh: "", en: "AC" }, "zh")).toBe("AC");
    expect(pick({ zh: "灯", en: "" }, "en")).toBe("灯");
  });
});

describe("speech", () => {
  it.each([
    ["需要您确认：当温度高于26°C时，打开空调。规则需要批准。", "当温度高于26°C时，打开空调。", true],
    ["Not done. Desk lamp: there is no such device.", "There is no such device", true],
    ["The lamp is on.", "The lamp is off.", false],
  ])("%s / %s", (spoken, text, expected) => expect(says(spoken, text)).toBe(expected));
});

describe("words", () => {
  it("have both languages with the same gaps", () => {
    const gaps = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]).sort();
    for (const [word, { zh, en }] of Object.entries(WORDS)) {
      expect(zh && en, word).toBeTruthy();
      expect(gaps(zh), word).toEqual(gaps(en));
    }
  });

  it("are filled, and a gap without filling stays visible", () => {
    expect(text("waiting", "en", { n: 2 })).toBe("2 waiting for approval");
    expect(text("waiting" satisfies Word, "zh")).toBe("{n} 项待批准");
    expect(toolWords("weather_ask").en).toBe("weather_ask");
  });
});

describe("time", () => {
  const now = Date.parse("2026-11-21T08:00:00Z");
  it.each([
    ["2026-11-21T08:14:59Z", "en", "in 14 minutes"],
    ["2026-11-21T08:14:59Z", "zh", "14分钟后"],
    ["2026-11-21T07:59:30Z", "en", "30 seconds ago"],
    ["2026-11-23T09:00:00Z", "en", "in 2 days"],
    ["never", "en", ""],
  ] as const)("%s in %s", (at, lang, expected) => expect(relative(at, now, lang)).toBe(expected));

  it.each([
    [60_000, "en", "1 minute"],
    [300_000, "zh", "5分钟"],
    [5_400_000, "en", "1 hour 30 minutes"],
    [200_000_000, "en", "2 days 7 hours"],
    [0, "zh", "0秒钟"],
  ] as const)("%s ms last in %s", (ms, lang, expected) => expect(span(ms, lang)).toBe(expected));

  it("names the day when it is another one", () => {
    expect(clock(now, now, "en")).toMatch(/^\d\d:\d\d$/);
    expect(clock(now - 3 * 86_400_000, now, "en")).toContain("Nov");
    expect(clock("never", now, "en")).toBe("");
  });
});
