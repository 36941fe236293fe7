// A JSON Schema as the parts of a form. What has no plain form is edited as JSON; nothing is left out.

import type { Two } from "./lang";

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
export type Schema = boolean | { [key: string]: unknown };

interface Common {
  title: string;
  hint: Two;
  /** Whether it may be absent. */
  optional: boolean;
}

export type Part = Common &
  (
    | { kind: "text"; secret: boolean; longest?: number }
    | { kind: "number"; whole: boolean; least?: number; most?: number }
    | { kind: "truth" }
    | { kind: "choice"; of: string[] }
    | { kind: "list"; item: Part }
    | { kind: "group"; parts: [string, Part][] }
    | { kind: "json" }
  );

/** Deepest nesting that is shown as a form; a schema that holds itself ends here. */
const DEPTH_MAX = 6;

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** Follows a reference within the document. */
function resolved(schema: Schema, root: Schema): Record<string, unknown> {
  let at: unknown = schema;
  for (let step = 0; step < DEPTH_MAX && isObject(at) && typeof at["$ref"] === "string"; step += 1) {
    const own: Record<string, unknown> = at;
    const path = textOf(at["$ref"]).replace(/^#\/?/, "").split("/").filter(Boolean);
    const target = path.reduce<unknown>((value, key) => (isObject(value) ? value[key.replace(/~1/g, "/").replace(/~0/g, "~")] : undefined), root);
    // What stands beside a reference is said of this place.
    at = isObject(target) ? { ...target, ...Object.fromEntries(Object.entries(own).filter(([key]) => key !== "$ref")) } : {};
  }
  return isObject(at) ? at : {};
}

/** `snake_case` as words. */
const words = (name: string) => name.replaceAll("_", " ").replace(/^./, (first) => first.toUpperCase());

/** What a schema is about; the server puts the Chinese beside what it has in English. */
function hintOf(s: Record<string, unknown>): Two {
  const en = textOf(s["description"]);
  return { zh: textOf(s["x-description-zh"]) || en, en };
}

/** What a form shows for a schema. */
export function partOf(schema: Schema, root: Schema, name = "", optional = false, depth = 0): Part {
  const s = resolved(schema, root);
  const common: Common = { title: textOf(s["title"]) || words(name), hint: hintOf(s), optional };
  const alternatives = [s["anyOf"], s["oneOf"]].find(Array.isArray) as Schema[] | undefined;
  if (alternatives) {
    const real = alternatives.filter((one) => !(isObject(one) && one["type"] === "null"));
    const [only] = real;
    if (real.length === 1 && only !== undefined) {
      const part = partOf(only, root, name, true, depth);
      return { ...part, hint: common.hint.en ? common.hint : part.hint };
    }
    const tokens = real.flatMap((one) => tokensOf(resolved(one, root)) ?? [""]);
    if (tokens.every(Boolean)) return { ...common, optional: optional || real.length < alternatives.length, kind: "choice", of: tokens };
    return { ...common, kind: "json" };
  }
  const tokens = tokensOf(s);
  if (tokens) return { ...common, kind: "choice", of: tokens };
  const types = Array.isArray(s["type"]) ? (s["type"] as unknown[]).map(textOf) : [textOf(s["type"])];
  const type = types.find((one) => one !== "null") ?? "";
  const free = { ...common, optional: optional || types.includes("null") };
  return ownPart(s, root, type, free, name, depth);
}

function ownPart(s: Record<string, unknown>, root: Schema, type: string, common: Common, name: string, depth: number): Part {
  const number = (key: string) => (typeof s[key] === "number" ? (s[key] as number) : undefined);
  switch (type) {
    case "string": {
      const longest = number("maxLength");
      const secret = s["format"] === "password" || s["writeOnly"] === true;
      return { ...common, kind: "text", secret, ...(longest === undefined ? {} : { longest }) };
    }
    case "integer":
    case "number": {
      const [least, most] = [number("minimum"), number("maximum")];
      return { ...common, kind: "number", whole: type === "integer", ...(least === undefined ? {} : { least }), ...(most === undefined ? {} : { most }) };
    }
    case "boolean":
      return { ...common, kind: "truth" };
    case "array": {
      const items = s["items"];
      if (depth >= DEPTH_MAX || !isObject(items)) break;
      return { ...common, kind: "list", item: partOf(items, root, name, false, depth + 1) };
    }
    case "object": {
      const properties = s["properties"];
      if (depth >= DEPTH_MAX || !isObject(properties)) break;
      const required = Array.isArray(s["required"]) ? s["required"] : [];
      const parts = Object.entries(properties).map(([key, sub]): [string, Part] => [key, partOf(sub as Schema, root, key, !required.includes(key), depth + 1)]);
      return { ...common, kind: "group", parts };
    }
    default:
      break;
  }
  return { ...common, kind: "json" };
}

function tokensOf(s: Record<string, unknown>): string[] | undefined {
  if (typeof s["const"] === "string") return [s["const"]];
  const tokens = s["enum"];
  return Array.isArray(tokens) && tokens.every((token) => typeof token === "string") ? (tokens as string[]) : undefined;
}

/** A title that says it in both languages, `中文 / English`, in one of them. */
export function titleIn(title: string, lang: "zh" | "en"): string {
  const [zh = title, en = zh] = title.split(" / ");
  return lang === "zh" ? zh : en;
}

/** What a new entry begins with. */
export function blank(part: Part): Json {
  switch (part.kind) {
    case "text":
      return "";
    case "number":
      return part.least ?? 0;
    case "truth":
      return false;
    case "choice":
      return part.of[0] ?? "";
    case "list":
      return [];
    case "group":
      return Object.fromEntries(part.parts.filter(([, sub]) => !sub.optional).map(([key, sub]) => [key, blank(sub)]));
    case "json":
      return null;
  }
}

/** What a new object begins with, without what nobody can guess. */
export function begun(part: Part): { [key: string]: Json } {
  const value = blank(part);
  return isObject(value) ? Object.fromEntries(Object.entries(value as { [key: string]: Json }).filter(([, member]) => member !== null && member !== "")) : {};
}

/** An object with a member set; `undefined` takes it out. */
export function withMember(value: Json | undefined, key: string, member: Json | undefined): { [key: string]: Json } {
  const rest = isObject(value) ? { ...(value as { [key: string]: Json }) } : {};
  if (member === undefined) delete rest[key];
  else rest[key] = member;
  return rest;
}

/** One step of a JSON Pointer. */
export const pointer = (path: string, key: string | number) => `${path}/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`;
