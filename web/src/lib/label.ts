// How a name fits into a room: which size, which lines. Widths are estimated, since nothing may be measured while many
// rooms are drawn. No React, no server.

const WIDE = /[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}\u3000-\u303f\uff00-\uffef]/u;
const NARROW = /[ijlrtfI.,:;'|!()[\]\s]/;

/** The width of a text in units of its size. */
export function widthOf(text: string): number {
  let width = 0;
  for (const sign of text) width += WIDE.test(sign) ? 1 : NARROW.test(sign) ? 0.36 : /[A-ZMWmw%@]/.test(sign) ? 0.76 : 0.61;
  return width;
}

/** The name of a room without that of its floor, which stands above the plan: "Second floor stairs" is "Stairs" there. */
export function within(name: string, floor: string): string {
  if (!floor || name.length <= floor.length || !name.toLowerCase().startsWith(floor.toLowerCase())) return name;
  const rest = name.slice(floor.length).replace(/^[\s的·:：,，-]+/, "");
  return rest === "" ? name : rest.charAt(0).toUpperCase() + rest.slice(1);
}

/** Where a line may be broken: after every wide sign, and at spaces. */
const pieces = (text: string): string[] => text.match(/[\p{Script=Han}\p{Script=Hangul}\p{Script=Hiragana}\p{Script=Katakana}]|[^\s\p{Script=Han}]+\s*|\s+/gu) ?? [];

/** The text cut so that it fits with an ellipsis; nothing when not even two signs would. */
export function cut(text: string, width: number): string {
  if (widthOf(text) <= width) return text;
  let kept = "";
  for (const sign of text) {
    if (widthOf(kept + sign) + 0.9 > width) break;
    kept += sign;
  }
  return [...kept.trimEnd()].length >= 2 ? `${kept.trimEnd()}…` : "";
}

/** A text in at most so many lines of a width, in units of its size; the last line is cut when it is too long. */
export function linesOf(text: string, width: number, most: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const piece of pieces(text)) {
    if (line === "" || widthOf((line + piece).trimEnd()) <= width) {
      line += piece;
      continue;
    }
    lines.push(line.trimEnd());
    line = piece.trimStart();
  }
  if (line.trim()) lines.push(line.trimEnd());
  const kept = lines.slice(0, most);
  if (lines.length > most && kept.length > 0) kept[most - 1] = `${kept[most - 1]}${lines.slice(most).join("")}`;
  const fitting = kept.map((one) => cut(one, width)).filter(Boolean);
  // A line that does not fit at all would leave half a name: then it is one line, or none.
  return fitting.length === kept.length ? fitting : [cut(text, width)].filter(Boolean);
}
