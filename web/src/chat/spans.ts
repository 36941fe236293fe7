// Pieces of what was said. The server counts characters, and of the text without spaces around it.

export type Span = readonly [number, number];

/** The text before a span, in it and behind it; all of it before none. */
export function cut(said: string, span: Span | readonly number[] | undefined): [string, string, string] {
  const [from, to] = span ?? [];
  if (from === undefined || to === undefined) return [said, "", ""];
  const lead = [...said].length - [...said.trimStart()].length;
  const letters = [...said];
  const piece = (a: number, b?: number) => letters.slice(a, b).join("");
  return [piece(0, lead + from), piece(lead + from, lead + to), piece(lead + to)];
}
