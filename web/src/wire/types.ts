// What the server sends and takes, by the names that the page uses. The types themselves are generated from the
// server's OpenAPI document (`npm run wire`); only streams, which it does not describe, are spelled out here.

import type { Answer, Bilingual, DeviceView, PointId, PointView, Present, Proposal, Question, Receipt, Refusal, RuleView, Sample, SpaceView } from "./generated";

export type {
  Bilingual,
  Changed,
  Diagnostic,
  Frame,
  Lang,
  Names,
  Proposal,
  Question,
  Receipt,
  ReceiptState,
  Refusal,
  Role,
  RuleState,
  Said,
  Value,
} from "./generated";

export type Session = Present;
export type Reply = Answer;
export type Device = DeviceView;
export type Point = PointView;
export type Space = SpaceView;
export type Rule = RuleView;

/** One page of a list. */
export interface Page<T> {
  items: T[];
  next_cursor?: string | null;
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

/** One change, as it streams in from the whole site. */
export type Delta =
  | { event: "receipt"; data: Receipt }
  | { event: "proposal"; data: Proposal }
  | { event: "rule"; data: Rule }
  | { event: "link"; data: { device: string; online: boolean } }
  | { event: "report"; data: { point: PointId; sample: Sample; words: Bilingual | null }[] }
  /** This client was too slow; it reads everything again. */
  | { event: "missed"; data: { batches: number } };
