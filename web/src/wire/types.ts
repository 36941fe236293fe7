// What the server sends and takes, by the names that the page uses. The types themselves are generated from the
// server's OpenAPI document (`npm run wire`); only streams, which it does not describe, are spelled out here.

import type { Answer, Bilingual, DeviceView, Diagnostic, Names, PointId, PointView, Present, Proposal, Question, Receipt, Refusal, RuleView, Sample, SpaceView, Value } from "./generated";

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
export type Device = DeviceView & { route?: Route };
export type Point = PointView;
export type Space = SpaceView;
export type Rule = RuleView;

/** By which way a device is reached. */
export type Route = "simulated" | "direct" | { via: string };

export interface Template {
  name: string;
  kind: string;
  names: Names;
  properties: { identifier: string; trait?: string | null; writable: boolean }[];
}

export interface Product {
  id: string;
  key: string;
  names: Names;
  kind: string;
  devices: number;
}

/** What a device logs in with. The secret is shown this once and never kept by the page. */
export interface Credential {
  device: string;
  product_key: string;
  device_key: string;
  device_secret: string;
  mqtt?: { host: string; port: number; client_id: string; username: string; password: Bilingual; line: string } | null;
}

export interface Registered {
  device: Device;
  credential?: Credential | null;
}

export interface Imported {
  credentials: Credential[];
  faults?: Diagnostic[];
}

/** A removed device that can come back. */
export interface Removed {
  id: string;
  key: string;
  product: string;
  names: Names;
  at: string;
  until: string;
}

/** A payload that was not taken. */
export interface Rejected {
  device: string;
  topic: string;
  code: string;
  message: Bilingual;
  excerpt: string;
  at: string;
}

/** An event of a thing model. */
export interface Occurrence {
  device: string;
  event: string;
  output: Value;
  at: string;
}

export interface Driver {
  name: string;
  title: Bilingual;
  schema: { [key: string]: unknown };
  sample: { [key: string]: unknown };
  discovers: boolean;
}

/** What a connection shall be. A password that is absent stays as it is. */
export interface ConnectionWish {
  driver: string;
  names: Names;
  config: { [key: string]: unknown };
  disabled: boolean;
  password?: string;
}

export interface Connection extends Omit<ConnectionWish, "password"> {
  id: string;
  has_password: boolean;
  devices: number;
}

/** A device that a driver found and nobody registered. */
export interface Candidate {
  key: string;
  names: Names;
  product: { names: Names };
  /** What its description says and it will not have here. */
  losses?: Bilingual[];
}

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
  /** What exists changed: the collections are read again. */
  | { event: "world"; data: { revision: string } }
  | { event: "report"; data: { point: PointId; sample: Sample; words: Bilingual | null }[] }
  /** This client was too slow; it reads everything again. */
  | { event: "missed"; data: { batches: number } };
