// What the server sends and takes, as JSON. This is the only file that spells those shapes out.

export type Lang = "zh" | "en";

/** Text in both languages. */
export interface Bilingual {
  zh: string;
  en: string;
}

/** Names in both languages; the first of a list is shown, the rest are aliases. */
export interface Names {
  zh?: string[];
  en?: string[];
}

export type Value = boolean | number | string | Value[] | { [key: string]: Value };
export type Quality = "good" | "uncertain" | "bad";
export type Safety = "none" | "comfort" | "security" | "life";
export type Role = "owner" | "operator" | "viewer" | "agent" | "bridge";
export type Page<T> = { items: T[]; next_cursor?: string | null };

export interface Session {
  name: string;
  role: Role;
  language: Lang;
  site: Bilingual;
  /** `false` after a start in safe mode. */
  rules_run: boolean;
}

export interface Actor {
  kind: "person" | "agent" | "rule" | "system";
  name: string;
  role: Role;
  channel: string;
}

export interface Diagnostic {
  code: string;
  severity: "warning" | "error";
  path: string;
  message: Bilingual;
  help?: Bilingual;
}

export interface Refusal {
  reason: string;
  text: Bilingual;
  nearest?: Bilingual[];
}

export type ReceiptState = "sent" | "acked" | "confirmed" | "timed_out" | "refused" | "unknown";

export interface Receipt {
  command: string;
  device: string;
  point: string;
  value: Value;
  state: ReceiptState;
  at: string;
  observed?: Value;
  reason?: Refusal;
  words?: Bilingual;
}

export type ProposalState = "pending" | "approved" | "rejected" | "expired";

export interface Act {
  point: string;
  setting: { to: Value } | { by: number } | "toggle" | { call: Value };
}

export type RuleState = "draft" | "shadow" | "live";

export interface RuleGraph {
  id: string;
  name: Bilingual;
  state: RuleState;
  nodes: { id: string; type: string; params?: Record<string, unknown> }[];
  edges: { from: { node: string; port: string }; to: { node: string; port: string } }[];
}

export interface Proposal {
  id: string;
  hash: string;
  document: { commands: Act[] } | { rule: RuleGraph };
  diagnostics: Diagnostic[];
  readback: Bilingual;
  why: Bilingual;
  safety: Safety;
  by: Actor;
  turn?: string;
  at: string;
  expires: string;
  state: ProposalState;
  decided_by?: Actor;
}

export interface Question {
  text: Bilingual;
  options: { label: Bilingual }[];
}

export interface FrameRow {
  device: string;
  point: string;
  value: Value | null;
  quality: Quality;
  at: string | null;
}

export interface Frame {
  rows: FrameRow[];
  result: "rows" | "nothing" | { truth: boolean } | { count: number } | { number: number };
  points: number;
  without_value: number;
  at: string;
}

export interface Reply {
  conversation_id: string;
  turn_id: string;
  continue_conversation: boolean;
  response: {
    response_type: "action_done" | "query_answer" | "error";
    language: string;
    speech: { plain: { speech: string } };
  };
  receipts: Receipt[];
  proposals: Proposal[];
  questions: Question[];
  refusals: Refusal[];
  frames: Frame[];
  can_undo: boolean;
}

/** One event of a turn, as it streams in. */
export type TurnEvent =
  | { event: "turn"; data: { conversation_id: string; turn_id: string } }
  | { event: "tool"; data: { id: number; name: string; phase: "start" | "done" | "error"; summary?: string } }
  | { event: "receipt"; data: Receipt }
  | { event: "proposal"; data: Proposal }
  | { event: "question"; data: Question }
  | { event: "refusal"; data: Refusal }
  | { event: "text"; data: { delta: string } }
  | { event: "reply"; data: Reply };

export interface Device {
  id: string;
  names: Names;
  kind: string;
  space: string | null;
  /** None when nothing was heard of it yet. */
  online: boolean | null;
  disabled: boolean;
  /** Its points, in the order of its model. */
  points: string[];
}

export interface Sample {
  value: Value;
  quality: Quality;
  at: string;
}

export interface Point {
  id: string;
  device: string;
  identifier: string;
  trait?: string | null;
  kind: "bool" | "number" | "enum" | "text" | "other" | "service";
  unit?: string;
  tokens?: { token: string; names: Names }[];
  writable: boolean;
  names: Names;
  sample: Sample | null;
  /** The present value in words, made by the server. */
  words: Bilingual | null;
}

export interface Space {
  id: string;
  kind: "site" | "building" | "floor" | "room" | "zone";
  names: Names;
  parent?: string | null;
}

export interface Rule {
  id: string;
  name: Bilingual;
  state: RuleState;
  readback: Bilingual;
}

/** What a change led to. */
export interface Changed {
  receipts: Receipt[];
  proposals: Proposal[];
  rules: Rule[];
}

/** One change, as it streams in from the whole site. */
export type Delta =
  | { event: "receipt"; data: Receipt }
  | { event: "proposal"; data: Proposal }
  | { event: "rule"; data: Rule }
  | { event: "link"; data: { device: string; online: boolean } }
  | { event: "report"; data: { point: string; sample: Sample; words: Bilingual | null }[] }
  /** This client was too slow; it reads everything again. */
  | { event: "missed"; data: { batches: number } };
