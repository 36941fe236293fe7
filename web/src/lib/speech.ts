// Comparing what was spoken with what is shown, and names within sentences.

const bare = (text: string) => text.replace(/[\s\p{P}]+/gu, "").toLowerCase();

/** Whether a text has another one in it, punctuation and case aside: then it need not be shown twice. */
export const says = (spoken: string, text: string) => bare(spoken).includes(bare(text));

/** A name within a sentence: "Lobby light" begins small there, "AC" does not. */
export const inSentence = (name: string) => name.replace(/^\p{Lu}(?=\p{Ll})/u, (first) => first.toLowerCase());
