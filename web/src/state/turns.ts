// One turn of the conversation and how it grows while its answer streams in. Pure.

import { type Lang, languageOf } from "../lib/lang";
import type { FailureKind } from "../wire/http";
import type { Changed, Chart, Frame, KeptTurn, Link, Question, Refusal, Reply, TurnEvent, Words } from "../wire/types";

export interface Step {
  id: number;
  name: string;
  phase: "start" | "done" | "error";
  /** Why there is no output. */
  summary?: string;
}

/** What went wrong with a turn; `said` is the server's own sentence. */
export interface Trouble {
  kind: FailureKind | "stopped";
  said: string;
}

export interface Turn {
  /** Known to this page only. */
  key: string;
  said: string;
  lang: Lang;
  at: number;
  /** The server's id, as soon as it has one. */
  id?: string;
  phase: "waiting" | "done" | "failed";
  trouble?: Trouble;
  type?: Reply["response"]["response_type"];
  steps: Step[];
  text: string;
  /** Ids of the commands and proposals; what became of them stands in the site. */
  commands: string[];
  /** Ids of the commands that took it back. */
  undone: string[];
  proposals: string[];
  questions: Question[];
  refusals: Refusal[];
  frames: Frame[];
  charts: Chart[];
  /** Where more is to be read: pages of the manual. */
  links: Link[];
  /** Which words of what was said were read as what. */
  words: Words[];
  canUndo: boolean;
  undo: "no" | "asking" | "done";
  undoTrouble?: Trouble;
}

export function newTurn(key: string, said: string, lang: Lang, at: number): Turn {
  return { key, said, lang, at, phase: "waiting", steps: [], text: "", commands: [], undone: [], proposals: [], questions: [], refusals: [], frames: [], charts: [], links: [], words: [], canUndo: false, undo: "no" };
}

/** Where the manual stands; a reply leads nowhere else. */
const MANUAL = "/docs/";

const added = (list: string[], id: string) => (list.includes(id) ? list : [...list, id]);

function step(steps: Step[], next: Step): Step[] {
  const at = steps.findIndex((s) => s.id === next.id);
  return at < 0 ? [...steps, next] : steps.with(at, { ...steps[at], ...next });
}

/** The turn after one more piece of its answer. */
export function advance(turn: Turn, event: TurnEvent): Turn {
  switch (event.event) {
    case "turn":
      return { ...turn, id: event.data.turn_id };
    case "tool":
      return { ...turn, steps: step(turn.steps, event.data) };
    case "receipt":
      return { ...turn, commands: added(turn.commands, event.data.command) };
    case "proposal":
      return { ...turn, proposals: added(turn.proposals, event.data.id) };
    case "question":
      return { ...turn, questions: [...turn.questions, event.data] };
    case "refusal":
      return { ...turn, refusals: [...turn.refusals, event.data] };
    case "text":
      return { ...turn, text: turn.text + event.data.delta };
    case "reply":
      return settled(turn, event.data);
  }
}

/** The whole answer stands for the pieces that came before it. */
function settled(turn: Turn, reply: Reply): Turn {
  return {
    ...turn,
    id: reply.turn_id,
    phase: "done",
    type: reply.response.response_type,
    lang: reply.response.language.toLowerCase().startsWith("zh") ? "zh" : "en",
    steps: turn.steps.map((s) => (s.phase === "start" ? { ...s, phase: "done" } : s)),
    text: reply.response.speech.plain.speech,
    commands: reply.receipts.reduce((list, r) => added(list, r.command), turn.commands),
    proposals: reply.proposals.reduce((list, p) => added(list, p.id), turn.proposals),
    questions: reply.questions,
    refusals: reply.refusals,
    frames: reply.frames,
    charts: reply.charts,
    links: (reply.links ?? []).filter((link) => link.url.startsWith(MANUAL)),
    words: reply.words ?? [],
    canUndo: reply.can_undo,
  };
}

/** A turn as the server kept it; without the answer where another version wrote it down. */
export function keptTurn(kept: KeptTurn): Turn {
  const turn: Turn = { ...newTurn(kept.id, kept.text, languageOf(kept.text, "en"), Date.parse(kept.at)), id: kept.id, phase: "done" };
  // What could be taken back then may have been since; the answer is read again, not acted on.
  return kept.answer ? { ...settled(turn, kept.answer), canUndo: false } : turn;
}

/** The turn with what a later act on it led to: an approval, or taking it back. */
export function enlarged(turn: Turn, changed: Changed, where: "commands" | "undone"): Turn {
  return {
    ...turn,
    [where]: changed.receipts.reduce((list, r) => added(list, r.command), turn[where]),
    proposals: changed.proposals.reduce((list, p) => added(list, p.id), turn.proposals),
    refusals: [...turn.refusals, ...changed.refusals],
  };
}

/** The turn when its answer will not come any more. */
export function failed(turn: Turn, trouble: Trouble): Turn {
  return { ...turn, phase: "failed", trouble, steps: turn.steps.map((s) => (s.phase === "start" ? { ...s, phase: "error" } : s)) };
}
