// A rule's graph while somebody edits it: nodes and edges added, changed and taken away. No React, no server.

import type { Json } from "./schema";

export interface DraftNode {
  id: string;
  type: string;
  typeVersion?: number;
  params?: { [key: string]: unknown };
}

export interface End {
  node: string;
  port: string;
}

export interface Draft {
  nodes: DraftNode[];
  edges: { from: End; to: End }[];
}

/** A new id of a kind: time-ordered, as the server makes them. */
export function newId(prefix: string, now: number, random: Uint8Array): string {
  const time = now.toString(16).padStart(12, "0").slice(-12);
  const hex = [...random.slice(0, 10)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${prefix}_${time}7${hex.slice(0, 3)}8${hex.slice(3, 18)}`;
}

/** An id within the graph that no other node has: `compare`, `compare_2`. */
export function freeId(nodes: readonly DraftNode[], type: string): string {
  const taken = new Set(nodes.map(({ id }) => id));
  let id = type;
  for (let n = 2; taken.has(id); n += 1) id = `${type}_${n}`;
  return id;
}

export const withNode = <D extends Draft>(draft: D, node: DraftNode): D => ({ ...draft, nodes: [...draft.nodes, node] });

/** Without a node and all that led to it or from it. */
export const withoutNode = <D extends Draft>(draft: D, id: string): D => ({ ...draft, nodes: draft.nodes.filter((node) => node.id !== id), edges: draft.edges.filter(({ from, to }) => from.node !== id && to.node !== id) });

export const withParams = <D extends Draft>(draft: D, id: string, params: { [key: string]: Json }): D => ({ ...draft, nodes: draft.nodes.map((node) => (node.id === id ? { ...node, params } : node)) });

/** With what leads to an input; nothing when `from` is absent. An input takes one edge. */
export const withSource = <D extends Draft>(draft: D, to: End, from: End | undefined): D => ({
  ...draft,
  edges: [...draft.edges.filter((edge) => edge.to.node !== to.node || edge.to.port !== to.port), ...(from ? [{ from, to }] : [])],
});

/** The next free input of those that are numbered: `in3` behind `in1` and `in2`. */
export function nextInput(draft: Draft, node: string, name: string): string {
  const taken = new Set(draft.edges.filter(({ to }) => to.node === node).map(({ to }) => to.port));
  let n = 1;
  while (taken.has(`${name}${n}`)) n += 1;
  return `${name}${n}`;
}

/** Whether a line between two nodes would close a circle. */
export function circles(draft: Draft, from: string, to: string): boolean {
  const seen = new Set<string>();
  const open = [to];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === from) return true;
    if (seen.has(at)) continue;
    seen.add(at);
    open.push(...draft.edges.filter((edge) => edge.from.node === at).map((edge) => edge.to.node));
  }
  return false;
}

/** The node that a finding is about, and the place within its parameters: `/nodes/2/params/value`. */
export function placeOf(draft: Draft, path: string): { node: string; within: string } | undefined {
  const node = /^\/nodes\/(\d+)(\/.*)?$/.exec(path);
  if (node) {
    const id = draft.nodes[Number(node[1])]?.id;
    return id === undefined ? undefined : { node: id, within: (node[2] ?? "").replace(/^\/params/, "") };
  }
  const edge = /^\/edges\/(\d+)/.exec(path);
  const to = edge && draft.edges[Number(edge[1])]?.to.node;
  return to ? { node: to, within: "" } : undefined;
}
