// Everything the page says to the server. One function per thing it can ask for.

import { ask, asFailure, Failure, send } from "./http";
import { readSse } from "./sse";
import type { Changed, Device, Lang, Page, Proposal, Reply, RuleState, Session, TurnEvent, Value } from "./types";

/** Items of a page: as many as the server gives at once. */
const PAGE_ITEMS = 500;
/** Most pages of a list that are read; a site beyond that is cut, not endless. */
const PAGES_MAX = 20;

/** Every item of a list, page by page. */
export async function all<T>(path: string, wanted: Record<string, string> = {}): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | null | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const query = new URLSearchParams({ ...wanted, limit: String(PAGE_ITEMS), ...(cursor ? { cursor } : {}) });
    const part = await ask<Page<T>>("GET", `${path}?${query}`);
    items.push(...part.items);
    cursor = part.next_cursor;
    if (!cursor) break;
  }
  return items;
}

const id = encodeURIComponent;

export const session = () => ask<Session>("GET", "/api/session");
/** Exchanges a one-time code for the page's cookie. */
export const signIn = (code: string) => ask<void>("POST", "/api/session", { code });
export const signOut = () => ask<void>("DELETE", "/api/session");

export const devices = () => all<Device>("/api/devices");
export const proposal = (proposal: string) => ask<Proposal>("GET", `/api/proposals/${id(proposal)}`);

export const approve = (proposal: Proposal) => ask<Changed>("POST", `/api/proposals/${id(proposal.id)}/approve`, { hash: proposal.hash });
export const reject = (proposal: Proposal) => ask<Changed>("POST", `/api/proposals/${id(proposal.id)}/reject`, { hash: proposal.hash });
export const setRuleState = (rule: string, state: RuleState) => ask<Changed>("POST", `/api/rules/${id(rule)}/state`, { state });
/** Sets a point, or calls a service with its arguments; answers when the device has reported or its time is over. */
export const command = (point: string, value: Value) => ask<Changed>("POST", `/api/points/${id(point)}/command`, { value });
export const undo = (turn: string) => ask<Changed>("POST", `/api/turns/${id(turn)}/undo`, {});

export interface Said {
  text: string;
  language: Lang;
  conversation_id?: string;
}

/** Says a sentence and gives out what comes of it, piece by piece; ends after `reply`. */
export async function* say(said: Said, signal: AbortSignal): AsyncGenerator<TurnEvent> {
  const response = await send("POST", "/api/conversation/stream", said, signal, "text/event-stream");
  // A turn that had nothing to tell on the way is answered whole.
  if (response.headers.get("content-type")?.includes("json")) yield { event: "reply", data: (await response.json()) as Reply };
  else yield* events<TurnEvent>(response, ["turn", "tool", "receipt", "proposal", "question", "refusal", "text", "reply"]);
}

async function* events<T extends { event: string; data: unknown }>(response: Response, known: T["event"][]): AsyncGenerator<T> {
  if (!response.body) throw new Failure("unreachable");
  try {
    for await (const message of readSse(response.body)) {
      if (known.includes(message.event)) yield { event: message.event, data: JSON.parse(message.data) as unknown } as T;
    }
  } catch (thrown) {
    throw asFailure(thrown);
  }
}
