// The conversation: saying, taking back, deciding. Turns survive a reload of the tab.

import { create } from "zustand";
import { languageOf } from "../lib/lang";
import * as castellan from "../wire/castellan";
import { conversation as conversationOf } from "../wire/conversations";
import { asFailure } from "../wire/http";
import type { Proposal, Receipt, TurnEvent } from "../wire/types";
import { useHome, withChanged, withProposals, withReceipts } from "./home";
import { usePreferences } from "./preferences";
import { noteFailure, useSession } from "./session";
import { advance, enlarged, failed, keptTurn, newTurn, type Turn } from "./turns";

/** Turns that are kept; the oldest go first. */
export const TURNS_MAX = 60;
/** Newest turns whose charts survive a reload; the drawings of older ones would fill what a tab may keep. */
const CHARTS_KEPT = 8;
/** Longest sentence the server takes. */
export const SENTENCE_MAX = 2_000;
const KEPT_KEY = "castellan.talk";
/** Version of the kept form; another one is not read. */
const KEPT_VERSION = 3;

interface Talk {
  conversation: string | undefined;
  turns: Turn[];
  /** What stands in the box and is not said yet. */
  draft: string;
  setDraft(draft: string): void;
}

/** Who holds the conversation. */
let owner: string | undefined;

export const useTalk = create<Talk>((set) => ({
  ...recalled(),
  draft: "",
  setDraft: (draft) => set({ draft }),
}));

let listening: AbortController | undefined;
let count = 0;

const change = (key: string, next: (turn: Turn) => Turn) =>
  useTalk.setState((talk) => ({ turns: talk.turns.map((turn) => (turn.key === key ? next(turn) : turn)) }));

/** Whether an answer is still coming. */
export const isBusy = (talk: Pick<Talk, "turns">) => talk.turns.at(-1)?.phase === "waiting";

/** Says a sentence and follows its answer. */
export async function say(text: string): Promise<void> {
  const sentence = text.trim();
  if (!sentence || isBusy(useTalk.getState())) return;
  const lang = languageOf(sentence, usePreferences.getState().lang);
  const key = `${Date.now()}-${count++}`;
  useTalk.setState((talk) => ({ turns: [...talk.turns, newTurn(key, sentence, lang, Date.now())].slice(-TURNS_MAX) }));
  const { conversation } = useTalk.getState();
  listening = new AbortController();
  const { signal } = listening;
  try {
    const said = { text: sentence, language: lang, ...(conversation ? { conversation_id: conversation } : {}) };
    for await (const event of castellan.say(said, signal)) heard(key, event);
    // A stream that ended without the whole answer was cut.
    change(key, (turn) => (turn.phase === "waiting" ? failed(turn, { kind: "unreachable", said: "" }) : turn));
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    change(key, (turn) => (turn.phase === "waiting" ? failed(turn, { kind: signal.aborted ? "stopped" : failure.kind, said: failure.said }) : turn));
  }
  keep();
}

function heard(key: string, event: TurnEvent): void {
  if (event.event === "turn") useTalk.setState({ conversation: event.data.conversation_id });
  if (event.event === "receipt") learn([event.data], []);
  if (event.event === "proposal") learn([], [event.data]);
  if (event.event === "reply") learn(event.data.receipts, event.data.proposals);
  change(key, (turn) => advance(turn, event));
}

function learn(receipts: Receipt[], proposals: Proposal[]): void {
  useHome.getState().change((site) => withProposals(withReceipts(site, receipts), proposals));
}

/** Stops waiting for the answer. What was sent to devices stays sent. */
export function stopWaiting(): void {
  listening?.abort();
}

/** Takes back what a turn did. */
export async function undo(turn: Turn): Promise<void> {
  if (!turn.id || turn.undo !== "no") return;
  change(turn.key, ({ undoTrouble: _, ...rest }) => ({ ...rest, undo: "asking" }));
  try {
    const changed = await castellan.undo(turn.id);
    useHome.getState().change((site) => withChanged(site, changed));
    change(turn.key, (known) => ({ ...enlarged(known, changed, "undone"), undo: "done" }));
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    change(turn.key, (known) => ({ ...known, undo: "no", undoTrouble: { kind: failure.kind, said: failure.said } }));
  }
  keep();
}

/** Decides about a proposal; throws what went wrong. */
export async function decide(proposal: Proposal, approve: boolean): Promise<void> {
  try {
    const changed = await (approve ? castellan.approve(proposal) : castellan.reject(proposal));
    useHome.getState().change((site) => withChanged(site, changed));
    // What is done belongs to the turn that asked for it, and is taken back with it.
    useTalk.setState((talk) => ({
      turns: talk.turns.map((turn) => (turn.proposals.includes(proposal.id) ? { ...enlarged(turn, changed, "commands"), canUndo: turn.canUndo || approve } : turn)),
    }));
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    throw failure;
  }
  keep();
}

/** Goes on with a conversation that was had. What its turns did and proposed is read as it is now. */
export async function goOn(conversation: string): Promise<void> {
  try {
    const whole = await conversationOf(conversation);
    const answers = whole.turns.flatMap((turn) => turn.answer ?? []);
    const known = useHome.getState().proposals;
    const open = answers.flatMap((answer) => answer.proposals).filter((proposal) => proposal.state === "pending" && known[proposal.id]?.state !== "pending");
    // One that was pending then was decided, or has gone.
    const now = await Promise.all(open.map((proposal) => castellan.proposal(proposal.id).catch(() => ({ ...proposal, state: "expired" as const }))));
    const settled = answers.flatMap((answer) => answer.proposals).filter((proposal) => proposal.state !== "pending");
    listening?.abort();
    learn(answers.flatMap((answer) => answer.receipts), [...settled, ...now]);
    useTalk.setState({ conversation, turns: whole.turns.slice(-TURNS_MAX).map(keptTurn), draft: "" });
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    throw failure;
  }
  keep();
}

/** Begins anew. */
export function forget(): void {
  listening?.abort();
  useTalk.setState({ conversation: undefined, turns: [], draft: "" });
  keep();
}

// A conversation belongs to whoever held it; somebody else who signs in begins anew.
useSession.subscribe(({ phase }) => {
  if (phase.is !== "in" || phase.session.name === owner) return;
  if (owner !== undefined) forget();
  owner = phase.session.name;
});

interface Kept {
  version: number;
  owner?: string;
  conversation?: string;
  turns: Turn[];
  receipts: Receipt[];
  proposals: Proposal[];
}

function keep(): void {
  const { conversation, turns } = useTalk.getState();
  const { receipts, proposals } = useHome.getState();
  const wanted = new Set(turns.flatMap((turn) => [...turn.commands, ...turn.undone, ...turn.proposals]));
  const kept: Kept = {
    version: KEPT_VERSION,
    ...(conversation ? { conversation } : {}),
    ...(owner ? { owner } : {}),
    turns: turns.map((turn, at) => (turn.charts.length > 0 && at < turns.length - CHARTS_KEPT ? { ...turn, charts: [] } : turn)),
    receipts: Object.values(receipts).filter((r) => wanted.has(r.command)),
    proposals: Object.values(proposals).filter((p) => wanted.has(p.id)),
  };
  try {
    sessionStorage.setItem(KEPT_KEY, JSON.stringify(kept));
  } catch {
    // Full or forbidden: the conversation lives as long as the page.
  }
}

function recalled(): Pick<Talk, "conversation" | "turns"> {
  try {
    const kept = JSON.parse(sessionStorage.getItem(KEPT_KEY) ?? "") as Kept;
    if (kept.version !== KEPT_VERSION) throw new Error("another version");
    learn(kept.receipts, kept.proposals);
    owner = kept.owner;
    const turns = kept.turns.map((turn) => (turn.phase === "waiting" ? failed(turn, { kind: "stopped", said: "" }) : turn));
    return { conversation: kept.conversation, turns };
  } catch {
    return { conversation: undefined, turns: [] };
  }
}
