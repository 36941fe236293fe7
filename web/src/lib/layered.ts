// A graph drawn from left to right: every node in a column behind what leads to it, in an order with few crossings, and
// long ways led between the nodes instead of across them. No React, no server.

/** A node as it is laid out: its height, and at which height its ports lie. */
export interface Piece {
  id: string;
  height: number;
  /** Height of each port below the upper edge, by name; what is not named lies in the middle. */
  inputs: Readonly<Record<string, number>>;
  outputs: Readonly<Record<string, number>>;
}

export interface Line {
  from: { node: string; port: string };
  to: { node: string; port: string };
}

export interface Sizes {
  /** Width of every node. */
  width: number;
  /** Room between two columns, and between two nodes of one. */
  columnGap: number;
  rowGap: number;
}

export interface Placed {
  width: number;
  height: number;
  nodes: ReadonlyMap<string, { x: number; y: number }>;
  /** One path for each line, in their order; empty where an end of it is unknown. */
  paths: readonly string[];
}

/** Passes that put the nodes of a column in order, and that move them towards what they are joined to. */
const ORDER_PASSES = 6;
const SETTLE_PASSES = 12;
/** Height that a long way takes in a column that it passes. */
const WAY_HEIGHT = 10;

interface Cell {
  /** None for a way that passes. */
  piece: Piece | undefined;
  height: number;
  y: number;
  column: number;
}

interface Joint {
  from: Cell;
  to: Cell;
  /** Height of the ends below the upper edges of their cells. */
  out: number;
  in: number;
}

/** The lines without those that would close a circle. */
function forward(pieces: readonly Piece[], lines: readonly Line[]): Line[] {
  const known = new Set(pieces.map(({ id }) => id));
  const next = new Map<string, Line[]>();
  for (const line of lines) {
    if (!known.has(line.from.node) || !known.has(line.to.node) || line.from.node === line.to.node) continue;
    next.set(line.from.node, [...(next.get(line.from.node) ?? []), line]);
  }
  const state = new Map<string, "open" | "done">();
  const kept: Line[] = [];
  const visit = (id: string) => {
    state.set(id, "open");
    for (const line of next.get(id) ?? []) {
      if (state.get(line.to.node) === "open") continue;
      kept.push(line);
      if (!state.has(line.to.node)) visit(line.to.node);
    }
    state.set(id, "done");
  };
  for (const { id } of pieces) if (!state.has(id)) visit(id);
  return kept;
}

/** The column of each node: behind all that leads to it; what nothing leads to stands right before what it leads to. */
export function columnsOf(pieces: readonly Piece[], lines: readonly Line[]): Map<string, number> {
  const ways = forward(pieces, lines);
  const column = new Map(pieces.map(({ id }) => [id, 0]));
  // As many rounds as the longest way is long settle every node.
  for (let round = 0, moved = true; moved && round < pieces.length; round += 1) {
    moved = false;
    for (const { from, to } of ways) {
      const least = (column.get(from.node) ?? 0) + 1;
      if ((column.get(to.node) ?? 0) < least) {
        column.set(to.node, least);
        moved = true;
      }
    }
  }
  for (const { id } of pieces) {
    if (ways.some(({ to }) => to.node === id)) continue;
    const behind = ways.filter(({ from }) => from.node === id).map(({ to }) => column.get(to.node) ?? 1);
    if (behind.length > 0) column.set(id, Math.min(...behind) - 1);
  }
  return column;
}

const middle = (numbers: readonly number[]) => numbers.reduce((sum, n) => sum + n, 0) / numbers.length;

/** Puts the graph in its place. */
export function layered(pieces: readonly Piece[], lines: readonly Line[], { width, columnGap, rowGap }: Sizes): Placed {
  const column = columnsOf(pieces, lines);
  const cells = new Map(pieces.map((piece) => [piece.id, { piece, height: piece.height, y: 0, column: column.get(piece.id) ?? 0 } as Cell]));
  const columns: Cell[][] = [];
  const put = (cell: Cell) => (columns[cell.column] ??= []).push(cell);
  for (const cell of cells.values()) put(cell);
  const joints: Joint[] = [];
  const ways = lines.map(({ from, to }) => way(cells.get(from.node), cells.get(to.node), from.port, to.port, put, joints));
  for (let at = 0; at < columns.length; at += 1) columns[at] ??= [];
  ordered(columns, joints);
  settled(columns, joints, rowGap);
  const x = (at: number) => at * (width + columnGap);
  const all = columns.flat();
  const top = Math.min(...all.map(({ y }) => y), 0);
  for (const cell of all) cell.y = Math.round(cell.y - top);
  return {
    width: Math.max(x(columns.length) - columnGap, 0),
    height: Math.max(...all.map(({ y, height }) => y + height), 0),
    nodes: new Map([...cells].map(([id, cell]) => [id, { x: x(cell.column), y: cell.y }])),
    paths: ways.map((parts) => drawn(parts, x, width)),
  };
}

/** The joints of one line, with a place in every column between its ends. */
function way(from: Cell | undefined, to: Cell | undefined, output: string, input: string, put: (cell: Cell) => void, joints: Joint[]): Joint[] {
  if (!from?.piece || !to?.piece) return [];
  const parts: Joint[] = [];
  let [at, out] = [from, from.piece.outputs[output] ?? from.height / 2];
  for (let column = from.column + 1; column < to.column; column += 1) {
    const passed: Cell = { piece: undefined, height: WAY_HEIGHT, y: 0, column };
    put(passed);
    parts.push({ from: at, to: passed, out, in: WAY_HEIGHT / 2 });
    [at, out] = [passed, WAY_HEIGHT / 2];
  }
  parts.push({ from: at, to, out, in: to.piece.inputs[input] ?? to.height / 2 });
  joints.push(...parts);
  return parts;
}

/** Sorts each column by the middle of what its cells are joined to, forwards and backwards. */
function ordered(columns: Cell[][], joints: readonly Joint[]): void {
  const before = grouped(joints, ({ to }) => to);
  const after = grouped(joints, ({ from }) => from);
  const rank = new Map<Cell, number>();
  const ranks = (cells: readonly Cell[]) => cells.forEach((cell, at) => rank.set(cell, at));
  columns.forEach(ranks);
  for (let pass = 0; pass < ORDER_PASSES; pass += 1) {
    const ahead = pass % 2 === 0;
    for (const cells of ahead ? columns : [...columns].reverse()) {
      const wanted = new Map(
        cells.map((cell) => {
          const joined = ahead ? (before.get(cell) ?? []).map((joint) => (rank.get(joint.from) ?? 0) + joint.out / 1_000) : (after.get(cell) ?? []).map((joint) => (rank.get(joint.to) ?? 0) + joint.in / 1_000);
          return [cell, joined.length > 0 ? middle(joined) : (rank.get(cell) ?? 0)];
        }),
      );
      cells.sort((a, b) => (wanted.get(a) ?? 0) - (wanted.get(b) ?? 0));
      ranks(cells);
    }
  }
}

function grouped(joints: readonly Joint[], by: (joint: Joint) => Cell): Map<Cell, Joint[]> {
  const groups = new Map<Cell, Joint[]>();
  for (const joint of joints) groups.set(by(joint), [...(groups.get(by(joint)) ?? []), joint]);
  return groups;
}

/** Moves the cells of each column towards what they are joined to, without changing their order. */
function settled(columns: readonly Cell[][], joints: readonly Joint[], gap: number): void {
  for (const cells of columns) {
    let y = 0;
    for (const cell of cells) {
      cell.y = y;
      y += cell.height + gap;
    }
  }
  const before = grouped(joints, ({ to }) => to);
  const after = grouped(joints, ({ from }) => from);
  for (let pass = 0; pass < SETTLE_PASSES; pass += 1) {
    const ahead = pass % 2 === 0;
    for (const cells of ahead ? columns : [...columns].reverse()) {
      const wish = cells.map((cell) => {
        const pulls = [...(before.get(cell) ?? []).map((j) => j.from.y + j.out - j.in), ...(after.get(cell) ?? []).map((j) => j.to.y + j.in - j.out)];
        return pulls.length > 0 ? middle(pulls) : cell.y;
      });
      spread(cells, wish, gap);
    }
  }
}

/** Gives each cell the place that it wishes, as far as the others leave it: neighbours that push each other move as one. */
function spread(cells: readonly Cell[], wish: readonly number[], gap: number): void {
  interface Block {
    cells: Cell[];
    /** Where its first cell would begin, wished by all of them. */
    wishes: number[];
    height: number;
    y: number;
  }
  const blocks: Block[] = [];
  cells.forEach((cell, at) => {
    let block: Block = { cells: [cell], wishes: [wish[at] ?? 0], height: cell.height + gap, y: wish[at] ?? 0 };
    for (let last = blocks.at(-1); last && last.y + last.height > block.y; last = blocks.at(-1)) {
      blocks.pop();
      const { height } = last;
      block = { cells: [...last.cells, ...block.cells], wishes: [...last.wishes, ...block.wishes.map((y) => y - height)], height: height + block.height, y: 0 };
      block.y = middle(block.wishes);
    }
    blocks.push(block);
  });
  for (const block of blocks) {
    let { y } = block;
    for (const cell of block.cells) {
      cell.y = y;
      y += cell.height + gap;
    }
  }
}

const place = (n: number) => Math.round(n * 10) / 10;

/** A soft line from port to port; back where it leads to a column before. */
function drawn(parts: readonly Joint[], x: (column: number) => number, width: number): string {
  return parts
    .map(({ from, to, out, in: into }, at) => {
      const [x0, y0] = [x(from.column) + width, from.y + out];
      const [x1, y1] = [x(to.column), to.y + into];
      const bend = x1 > x0 ? (x1 - x0) / 2 : 40;
      const start = at === 0 ? `M${place(x0)} ${place(y0)}` : `H${place(x0)}`;
      return `${start}C${place(x0 + bend)} ${place(y0)} ${place(x1 - bend)} ${place(y1)} ${place(x1)} ${place(y1)}`;
    })
    .join("");
}
