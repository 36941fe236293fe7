// Comparing what was spoken with what is shown.

const bare = (text: string) => text.replace(/[\s\p{P}]+/gu, "").toLowerCase();

/** Whether a text has another one in it, punctuation and case aside: then it need not be shown twice. */
export const says = (spoken: string, text: string) => bare(spoken).includes(bare(text));
