// Which language a text is in, and choosing one of two texts. No React, no server.

export type Lang = "zh" | "en";
export type Two = { zh: string; en: string };

/** A text in both languages. */
export const two = (zh: string, en: string): Two => ({ zh, en });

const HAN = /\p{Script=Han}/u;
const LATIN = /\p{Script=Latin}/u;

/** Chinese as soon as one Han character stands in it; numbers alone count as the language of the page. */
export function languageOf(text: string, otherwise: Lang): Lang {
  if (HAN.test(text)) return "zh";
  return LATIN.test(text) ? "en" : otherwise;
}

/** The first of the browser's languages that we speak. */
export function preferred(tags: readonly string[]): Lang {
  for (const tag of tags) {
    const first = tag.toLowerCase().split(/[-_]/)[0];
    if (first === "zh" || first === "en") return first;
  }
  return "en";
}

/** The text in a language; the other one when this one is empty. */
export function pick(two: Two, lang: Lang): string {
  return lang === "zh" ? two.zh || two.en : two.en || two.zh;
}

/** BCP-47 tag for the `lang` attribute. */
export const tagOf = (lang: Lang) => (lang === "zh" ? "zh-CN" : "en");
