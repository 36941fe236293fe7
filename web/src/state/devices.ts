// What the page does with devices: finding a product, seeing the first value, faults of a table, and which dialogue is
// open. Pure functions first, the store at the end. Secrets are never kept here.

import { create } from "zustand";
import type { Two } from "../lib/lang";
import type { Failure } from "../wire/http";
import type { Credential, Diagnostic, Point, Product, Proposal, Removed, RuleGraph, Template } from "../wire/types";
import { asFailure } from "../wire/http";
import { nameOf, valueWords } from "./building";
import type { Site } from "./home";
import { noteFailure } from "./session";

/** A product that can be chosen: one that exists here, or a shipped template. */
export interface Choosable {
  key: string;
  kind: string;
  name: Two;
  /** How many devices of it are here; none for a template that nobody used yet. */
  here: number | undefined;
  words: string[];
}

/** Everything that can be chosen: what is in use first, then by name. */
export function choosable(products: readonly Product[], templates: readonly Template[]): Choosable[] {
  const words = (names: { zh?: string[]; en?: string[] }, ...more: string[]) => [...(names.zh ?? []), ...(names.en ?? []), ...more].map((word) => word.toLowerCase());
  const known = new Set(products.map((product) => product.key));
  const here = products.map((p): Choosable => ({ key: p.key, kind: p.kind, name: nameOf(p.names), here: p.devices, words: words(p.names, p.key, p.kind.replaceAll("_", " ")) }));
  const shipped = templates
    .filter((template) => !known.has(template.name))
    .map((t): Choosable => ({ key: t.name, kind: t.kind, name: nameOf(t.names), here: undefined, words: words(t.names, t.name.replaceAll("_", " "), t.kind.replaceAll("_", " ")) }));
  const byName = (a: Choosable, b: Choosable) => a.name.en.localeCompare(b.name.en, "en");
  return [...here.sort(byName), ...shipped.sort(byName)];
}

/** Those in which every word of the text stands. Chinese is written without spaces and compared as a whole. */
export function searched(all: readonly Choosable[], text: string): Choosable[] {
  const wanted = text.trim().toLowerCase().split(/\s+/).filter(Boolean);
  if (wanted.length === 0) return [...all];
  return all.filter(({ words }) => wanted.every((part) => words.some((word) => word.includes(part))));
}

/** The first value that a device has reported, in words, with its property. */
export function firstValue(site: Pick<Site, "devices" | "points">, device: string): { point: Point; words: Two } | undefined {
  const reported = (site.devices[device]?.points ?? []).flatMap((id) => site.points[id] ?? []).filter((point) => point.sample);
  const [point] = reported.sort((a, b) => Date.parse(a.sample?.at ?? "") - Date.parse(b.sample?.at ?? ""));
  const words = point && valueWords(point, point.sample?.value);
  return point && words && { point, words };
}

/** The devices that a proposal puts there, new or changed. */
export function addedDevices(proposal: Proposal): string[] {
  const changes = "configuration" in proposal.document ? proposal.document.configuration : [];
  return changes.flatMap((change) => ("put_device" in change ? change.put_device.id : []));
}

/** A fault of a table, by line and column. */
export interface RowFault {
  line: string;
  column: string;
  message: Two;
  help: Two | undefined;
}

/** Findings of an import as rows, in the order of the table. */
export function rowFaults(found: readonly Diagnostic[]): RowFault[] {
  const faults = found.map((finding): RowFault => {
    const [, line = "", column = ""] = finding.path.split("/");
    return { line, column, message: finding.message, help: finding.help ?? undefined };
  });
  return faults.sort((a, b) => Number(a.line || 0) - Number(b.line || 0));
}

const cell = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

/** Credentials as a table to keep; the only copy of the secrets. */
export function credentialsTable(credentials: readonly Credential[]): string {
  const rows = credentials.map((c) => [c.product_key, c.device_key, c.device_secret, c.mqtt?.host ?? "", String(c.mqtt?.port ?? ""), c.mqtt?.client_id ?? "", c.mqtt?.username ?? ""]);
  return [["product_key", "device_key", "device_secret", "host", "port", "client_id", "username"], ...rows].map((row) => row.map(cell).join(",")).join("\r\n") + "\r\n";
}

/** What of the removed can still be restored. */
export function restorable(removed: readonly Removed[], now: number): Removed[] {
  return removed.filter(({ until }) => Date.parse(until) > now);
}

/** Faults by the place of a form that they are about; those of no field stand at "". */
export function faultsBy(found: readonly Diagnostic[], fields: (path: string) => boolean): Map<string, Diagnostic[]> {
  const by = new Map<string, Diagnostic[]>();
  for (const finding of found) {
    const place = fields(finding.path) ? finding.path : "";
    by.set(place, [...(by.get(place) ?? []), finding]);
  }
  return by;
}

export type Task = { is: "connect" } | { is: "phone" } | { is: "talks" } | { is: "pins"; said?: string } | { is: "import" } | { is: "connections" } | { is: "device"; id: string } | { is: "rule"; id: string } | { is: "play"; rule?: string; proposal?: string } | { is: "backtest"; proposal: string } | { is: "editor"; rule?: string; graph?: RuleGraph } | { is: "importRules" } | { is: "templates" } | { is: "notices" } | { is: "later" } | { is: "site" } | { is: "snapshot" } | { is: "scene"; id?: string } | { is: "schedule"; id?: string };

interface Tasks {
  task: Task | undefined;
  /** The device that was deleted last on this page, until it is restored or something else is done. */
  deleted: { id: string; name: Two } | undefined;
  open(task: Task): void;
  close(): void;
  deletedNow(device: { id: string; name: Two } | undefined): void;
}

/** The dialogue that stands in front of the page. */
export const useTasks = create<Tasks>((set) => ({
  task: undefined,
  deleted: undefined,
  open: (task) => set({ task, deleted: undefined }),
  close: () => set({ task: undefined }),
  deletedNow: (deleted) => set({ task: undefined, deleted }),
}));

/** Runs a request; an ended session ends the page's too. */
export async function asked<T>(request: Promise<T>): Promise<{ ok: T } | { failure: Failure }> {
  try {
    return { ok: await request };
  } catch (thrown) {
    const failure = asFailure(thrown);
    noteFailure(failure);
    return { failure };
  }
}
