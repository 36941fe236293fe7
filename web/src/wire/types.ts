// What the server sends and takes, by the names that the page uses. The types themselves are generated from the
// server's OpenAPI document (`npm run wire`); only the stream of a turn, which it does not describe, is spelled out here.

import type {
  Answer,
  ConnectionView,
  ConversationDetail,
  ConversationView,
  DeviceView,
  DriverView,
  PinView,
  PointHistory,
  PointView,
  Present,
  ProductView,
  Proposal,
  Question,
  Receipt,
  Refusal,
  RemovedView,
  RuleDetail,
  RuleView,
  SceneView,
  ScheduleView,
  Site,
  SnapshotTaken,
  SocketEvent,
  SpaceView,
  TemplateView,
  Value as Reading,
} from "./generated";

export type {
  Alarm,
  Backtest,
  BacktestPoint,
  Bilingual,
  Blueprint,
  Candidate,
  Chart,
  ChartFrame,
  Changed,
  Credential,
  DeviceToken,
  Diagnostic,
  ExportedRule,
  Finding,
  Firing,
  FiringAction,
  Imported,
  ImportMatch,
  ImportedRule,
  ImportedRules,
  ImportWanted,
  Inference,
  Lang,
  Link,
  List,
  ListChange,
  LoginLink,
  Minted,
  Names,
  NodeSpec,
  Notice,
  Occurrence,
  PastProgress,
  Play,
  PortValue,
  ProductMade,
  Proposal,
  Question,
  Receipt,
  ReceiptState,
  Refusal,
  Registered,
  Rejected,
  Role,
  RuleFinding,
  RuleFormat,
  RuleGraph,
  RuleState,
  RuleTemplate,
  RuleTemplateInstance,
  Said,
  ScenarioRun,
  ScenarioStep,
  ShadowKind,
  ShadowReport,
  Snapshot,
  SocketMessage,
  SqlSample,
  SqlTrial,
  TemplateInput,
  Timer,
  TimerChange,
  TimerView,
  TokenView,
  Trace,
  TraceClass,
  Value,
  WitnessStep,
  Words,
} from "./generated";

export type Session = Present;
export type Past = PointHistory;
export type Scene = SceneView;
/** A scene as it shall be. */
export type SceneWish = Pick<Scene, "names"> & { space?: string; acts: { point: string; value: Reading }[] };
/** A scene that shall be made of the present state. */
export type SnapWish = Pick<Scene, "names"> & { space?: string; points?: string[] };
export type Reply = Answer;
/** What an answer is made from. */
export type Frame = Answer["frames"][number];
export type Device = DeviceView;
export type Point = PointView;
export type Space = SpaceView;
export type Rule = RuleView;
/** A rule with its graph. */
export type RuleWhole = RuleDetail;

export type Template = TemplateView;
export type Product = ProductView;
/** A removed device that can come back. */
export type Removed = RemovedView;
export type Driver = DriverView;
export type Connection = ConnectionView;
/** A sentence that was pinned as a test. */
export type Pin = PinView;

/** What a connection shall be. A password that is absent stays as it is, and none ever comes back. */
export type ConnectionWish = Pick<Connection, "driver" | "names" | "config" | "disabled"> & { password?: string };

/** A conversation in a list, and with its turns. */
export type Conversation = ConversationView;
export type ConversationWhole = ConversationDetail;
export type KeptTurn = ConversationDetail["turns"][number];

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

/** One change, as the socket brings it. */
export type Delta = SocketEvent;

/** A scene that was made of the present state. */
export type Snapped = SnapshotTaken;

/** A schedule with what it says now and next. */
export type Schedule = ScheduleView;
/** A schedule as it shall be. */
export type ScheduleWish = Omit<ScheduleView, "id" | "value" | "words" | "next" | "rule">;

/** The site itself: what it is called, where it is, and which days people work there. */
export type SiteFacts = Site;
