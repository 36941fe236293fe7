// The types of the wire are made from the server's golden OpenAPI document. `npm run wire` writes them anew; without
// it this test compares.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";

type Schema = boolean | { [key: string]: unknown };
type Keyed = Record<string, Schema>;

const ANY = "unknown";
const ANNOTATIONS = ["description", "title", "default", "examples", "deprecated", "readOnly"];

const joined = (parts: string[], by: string) => [...new Set(parts)].map((part) => (parts.length > 1 && / [|&] /.test(part) ? `(${part})` : part)).join(by) || ANY;
const key = (name: string) => (/^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name));

/** A schema (JSON Schema 2020-12, as schemars writes it) as a TypeScript type. */
function typeOf(schema: Schema, indent: string): string {
  if (typeof schema === "boolean") return ANY;
  const ref = schema["$ref"];
  if (typeof ref === "string") return ref.slice(ref.lastIndexOf("/") + 1);
  if ("const" in schema) return JSON.stringify(schema["const"]);
  if (Array.isArray(schema["enum"])) return joined(schema["enum"].map((value) => JSON.stringify(value)), " | ");
  const parts: string[] = [];
  for (const some of ["oneOf", "anyOf"]) {
    if (Array.isArray(schema[some])) parts.push(joined((schema[some] as Schema[]).map((s) => typeOf(s, indent)), " | "));
  }
  if (Array.isArray(schema["allOf"])) parts.push(...(schema["allOf"] as Schema[]).map((s) => typeOf(s, indent)));
  const own = ownType(schema, indent);
  if (own && (own !== ANY || parts.length === 0) && !(own === "{ [key: string]: unknown }" && parts.length > 0)) parts.push(own);
  return joined(parts, " & ");
}

function ownType(schema: Exclude<Schema, boolean>, indent: string): string | undefined {
  const type = schema["type"];
  if (Array.isArray(type)) return joined(type.map((one) => ownType({ ...schema, type: one }, indent) ?? ANY), " | ");
  switch (type) {
    case "string":
    case "boolean":
    case "null":
      return type;
    case "integer":
    case "number":
      return "number";
    case "array": {
      const places = schema["prefixItems"] ?? schema["items"];
      if (Array.isArray(places)) return `[${(places as Schema[]).map((s) => typeOf(s, indent)).join(", ")}]`;
      const item = typeOf((schema["items"] as Schema | undefined) ?? true, indent);
      return / [|&] /.test(item) && !item.startsWith("{") ? `(${item})[]` : `${item}[]`;
    }
    default:
      break;
  }
  if (type === "object" || "properties" in schema) return objectType(schema, indent);
  const meant = Object.keys(schema).filter((name) => !ANNOTATIONS.includes(name) && !["oneOf", "anyOf", "allOf"].includes(name));
  return meant.length === 0 && Object.keys(schema).some((name) => ["oneOf", "anyOf", "allOf"].includes(name)) ? undefined : ANY;
}

function objectType(schema: Exclude<Schema, boolean>, indent: string): string {
  const properties = Object.entries((schema["properties"] ?? {}) as Keyed);
  const rest = schema["additionalProperties"];
  if (properties.length === 0) return `{ [key: string]: ${typeOf((rest as Schema | undefined) ?? true, indent)} }`;
  const required = (schema["required"] ?? []) as string[];
  const deeper = `${indent}  `;
  const lines = properties.map(([name, property]) => `${deeper}${key(name)}${required.includes(name) ? "" : "?"}: ${typeOf(property, deeper)};`);
  return `{\n${lines.join("\n")}\n${indent}}`;
}

/** What the page sends and gets; what else the server knows does not concern it. */
const ROOTS = [
  ...["Answer", "Changed", "Code", "ConversationDetail", "ConversationView", "DeviceView", "PinView", "PointView", "Present", "Proposal", "RuleDetail", "RuleView", "Said", "Seen", "SocketMessage", "SpaceView", "Switch", "Trace"],
  ...["Candidate", "ConnectionView", "Credential", "DeviceToken", "DriverView", "Imported", "Finding", "Inference", "LoginLink", "Minted", "Occurrence", "PastProgress", "Play", "ProductMade", "ProductView", "Registered", "Rejected", "RemovedView", "TemplateView", "TokenView"],
  ...["PointHistory", "SceneView", "NodeSpec", "RuleFinding", "Backtest", "RuleValues", "ScenarioRun", "ShadowReport", "SnapshotTaken", "SocketRequest", "ScheduleView", "Notice", "TimerView"],
  ...["ImportedRules", "ExportedRule", "RuleTemplate", "RuleTemplateInstance", "SqlSample", "SqlTrial", "Site"],
];

/** The names of these schemas and of all that they are made of. */
function reached(schemas: Keyed, roots: readonly string[]): Set<string> {
  const seen = new Set<string>();
  const open = [...roots];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    for (const ref of JSON.stringify(schemas[name] ?? {}).matchAll(/"#\/components\/schemas\/(\w+)"/g)) open.push(ref[1] ?? "");
  }
  return seen;
}

/** The named schemas of a document that the page has to do with, in the order of their names. */
function types(document: { components?: { schemas?: Keyed } }): string {
  const all = document.components?.schemas ?? {};
  const wanted = reached(all, ROOTS);
  const schemas = Object.entries(all)
    .filter(([name]) => wanted.has(name))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  const head = "// @generated by `npm run wire` from src/api/openapi.json\n";
  return head + schemas.map(([name, schema]) => `\nexport type ${name} = ${typeOf(schema, "")};\n`).join("");
}

it.each<[Schema, string]>([
  [true, "unknown"],
  [{ type: ["string", "null"], format: "date-time" }, "string | null"],
  [{ anyOf: [{ $ref: "#/components/schemas/LinkView" }, { type: "null" }] }, "LinkView | null"],
  [{ oneOf: [{ const: "toggle", type: "string" }, { type: "object", properties: { by: { type: "number" } }, required: ["by"] }] }, '"toggle" | {\n  by: number;\n}'],
  [{ type: "array", items: { type: ["number", "boolean"] } }, "(number | boolean)[]"],
  [{ type: "array", prefixItems: [{ type: "integer" }, { type: "integer" }] }, "[number, number]"],
  [{ type: "object", additionalProperties: { type: "string" } }, "{ [key: string]: string }"],
  [{ type: "object", properties: { "a-b": { enum: ["x", "y"] } }, oneOf: [{ $ref: "#/A" }, { $ref: "#/B" }] }, '(A | B) & ({\n  "a-b"?: "x" | "y";\n})'],
])("a schema becomes a type %#", (schema, expected) => expect(typeOf(schema, "")).toBe(expected));

it("the generated types are those of the server", () => {
  const here = import.meta.dirname;
  const document = JSON.parse(readFileSync(join(here, "../../../src/api/openapi.json"), "utf8")) as Parameters<typeof types>[0];
  const file = join(here, "generated.ts");
  if (process.env["WIRE_UPDATE"]) writeFileSync(file, types(document));
  expect(readFileSync(file, "utf8"), "run `npm run wire`").toBe(types(document));
});
