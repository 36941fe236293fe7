// What the way of connecting something needs to know: lines to try, registers to fill in, and what was inferred. Pure.

import type { Two } from "../lib/lang";
import type { Inference, Names, Template } from "../wire/types";

/** What a device without a model says in the line to try; anything else would do as well. */
export const EXAMPLE_PAYLOAD = '{"temperature":21.5,"humidity":48}';

/** The line to paste, with something to say where the model knows nothing to say. */
export const filledLine = (line: string) => line.replace(/("params":)\{\}/, `$1${EXAMPLE_PAYLOAD}`);

/** A key for a product of one's own; `random` gives its tail. */
export function productKey(names: Names, random: string): string {
  const word = (names.en?.[0] ?? "").toLowerCase().replace(/[^a-z0-9]+/g, "_").replace(/^_|_$/g, "").slice(0, 24);
  return `${word || "device"}_${random}`;
}

/** One property that was inferred. */
export interface Guessed {
  identifier: string;
  name: string;
  unit: string;
  writable: boolean;
  reason: Two | undefined;
}

/** The properties that a proposal would add, with the reason of each. */
export function guessed(inference: Inference): Guessed[] {
  const { document } = inference.proposal;
  const changes = "configuration" in document ? document.configuration : [];
  const product = changes.flatMap((change) => ("put_product" in change ? change.put_product : []))[0];
  const reasons = new Map(inference.guesses.map((guess) => [guess.identifier, guess.reason]));
  const added = (product?.model.properties ?? []).filter((property) => reasons.has(property.identifier));
  return added.map((property) => ({
    identifier: property.identifier,
    name: property.name,
    unit: property.x?.unit ?? "",
    writable: property.accessMode !== "r",
    reason: reasons.get(property.identifier),
  }));
}

/** A table of registers to fill in: one line for each property of a template, truths as coils. */
export function registersOf(template: Template | undefined): string {
  const rows = (template?.properties ?? []).map(({ identifier, trait, writable }, at) => {
    const truth = /^(on_off|contact|motion|occupancy|leak|smoke|lock|mute|problem|gas)$/.test(trait ?? "");
    const table = truth ? (writable ? "coil" : "discrete") : writable ? "holding" : "input";
    return [identifier, table, String(at), truth ? "" : "i16", truth ? "" : "0.1", writable && !truth ? "single" : ""].join(",");
  });
  return ["identifier,table,address,type,scale,write", ...rows].join("\n") + "\n";
}

/** What the fields of a bus or broker make of a connection. */
export interface BusFields {
  serial: boolean;
  host: string;
  port: string;
  device: string;
  baud: string;
  product: string;
  /** Its name on the bus, which is that of its device. */
  key: string;
  unit: string;
  registers: string;
}

export function modbusConfig(fields: BusFields): Record<string, unknown> {
  const transport = fields.serial ? { rtu: { device: fields.device.trim(), baud: Number(fields.baud) || 9_600 } } : { tcp: { host: fields.host.trim(), port: Number(fields.port) || 502 } };
  return { transport, devices: [{ product: fields.product, device: fields.key, unit: Number(fields.unit) || 1, registers_csv: fields.registers }] };
}

export function brokerConfig(fields: { host: string; port: string; user: string; tls: boolean }): Record<string, unknown> {
  const port = Number(fields.port);
  return {
    host: fields.host.trim(),
    ...(port ? { port } : {}),
    ...(fields.user.trim() ? { user: fields.user.trim() } : {}),
    ...(fields.tls ? { tls: {} } : {}),
    discovery: { enabled: true },
  };
}

/** Names in the languages that were filled in. */
export function namesOf(zh: string, en: string): Names | undefined {
  const names: Names = { ...(zh.trim() ? { zh: [zh.trim()] } : {}), ...(en.trim() ? { en: [en.trim()] } : {}) };
  return names.zh || names.en ? names : undefined;
}

/** The properties of what was said, out of its envelope; as it came when it is no JSON. */
export function paramsOf(excerpt: string): string {
  try {
    const said = JSON.parse(excerpt) as { params?: unknown };
    return JSON.stringify(said.params ?? said);
  } catch {
    return excerpt;
  }
}
