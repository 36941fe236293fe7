import { describe, expect, it } from "vitest";
import { blank, partOf, pointer, titleIn, withMember } from "../lib/schema";
import type { Credential, Device, Diagnostic, Point, Product, Proposal, Template } from "../wire/types";
import { addedDevices, choosable, credentialsTable, faultsBy, firstValue, restorable, rowFaults, searched } from "./devices";

const template = (name: string, kind: string, zh: string, en: string): Template => ({ name, kind, names: { zh: [zh], en: [en] }, properties: [] });

describe("products", () => {
  const products: Product[] = [{ id: "pr_1", key: "outlet", names: { zh: ["插座"], en: ["outlet", "plug"] }, kind: "outlet", devices: 2 }];
  const all = choosable(products, [template("room_sensor", "sensor", "温湿度传感器", "climate sensor"), template("outlet", "outlet", "插座", "outlet")]);

  it("come once, those in use first", () => {
    expect(all.map(({ key, here }) => [key, here])).toEqual([
      ["outlet", 2],
      ["room_sensor", undefined],
    ]);
  });

  it.each([
    ["", 2],
    ["温湿度", 1],
    ["plug", 1],
    ["sensor climate", 1],
    ["room sensor", 1],
    ["zorbo", 0],
  ])("%s finds %d", (text, n) => expect(searched(all, text)).toHaveLength(n));
});

describe("the first value", () => {
  const point = (id: string, value?: number): Point =>
    ({ id, device: "dv_1", kind: "number", unit: "Cel", identifier: id, names: { en: [id] }, sample: value === undefined ? null : { value, at: `2026-11-21T08:00:0${value}Z` } }) as unknown as Point;
  const device = { id: "dv_1", points: ["a", "b"] } as unknown as Device;

  it("is none until one arrives, then the earliest", () => {
    const site = (a?: number, b?: number) => ({ devices: { dv_1: device }, points: { a: point("a", a), b: point("b", b) } });
    expect(firstValue(site(), "dv_1")).toBeUndefined();
    expect(firstValue(site(undefined, 2), "dv_1")?.words.en).toBe("2°C");
    expect(firstValue(site(5, 2), "dv_1")?.point.id).toBe("b");
    expect(firstValue(site(1), "dv_2")).toBeUndefined();
  });
});

it("a proposal tells the devices that it puts there", () => {
  const document = { configuration: [{ put_product: { id: "pr_1" } }, { put_device: { id: "dv_1" } }, { remove_device: { device: "dv_2" } }] };
  expect(addedDevices({ document } as unknown as Proposal)).toEqual(["dv_1"]);
  expect(addedDevices({ document: { commands: [] } } as unknown as Proposal)).toEqual([]);
});

const finding = (path: string): Diagnostic => ({ severity: "error", code: "x", path, message: { zh: "错", en: "wrong" } }) as Diagnostic;

describe("tables", () => {
  it("name every fault by line and column, in order", () => {
    expect(rowFaults([finding("/12/space"), finding("/2/product"), finding("")]).map(({ line, column }) => [line, column])).toEqual([
      ["", ""],
      ["2", "product"],
      ["12", "space"],
    ]);
  });

  it("keep credentials with quotes around what needs them", () => {
    const one = { device: "dv_1", product_key: "a,b", device_key: 'k"1', device_secret: "s", mqtt: null } as Credential;
    expect(credentialsTable([one]).split("\r\n")[1]).toBe('"a,b","k""1",s,,,,');
  });

  it("offer what can still be restored", () => {
    const until = (at: string) => ({ id: at, key: "", product: "", names: {}, at, until: at });
    expect(restorable([until("2026-11-21T08:00:00Z"), until("2026-11-22T08:00:00Z")], Date.parse("2026-11-21T09:00:00Z"))).toHaveLength(1);
  });
});

describe("forms of schemas", () => {
  const schema = {
    type: "object",
    required: ["host", "topics"],
    properties: {
      host: { type: "string", description: "Where", "x-description-zh": "在哪里", maxLength: 80 },
      port: { type: "integer", minimum: 1, maximum: 65535 },
      password: { type: "string", format: "password" },
      tls: { anyOf: [{ $ref: "#/$defs/Tls" }, { type: "null" }] },
      qos: { oneOf: [{ const: "at_most_once" }, { const: "at_least_once" }] },
      topics: { type: "array", items: { type: "object", required: ["topic"], properties: { topic: { type: "string" }, retain: { type: "boolean" } } } },
      odd: { oneOf: [{ type: "object", properties: { a: { type: "string" } } }, { type: "string" }] },
      self: { $ref: "#" },
    },
    $defs: { Tls: { type: "object", properties: { ca: { type: ["string", "null"] } } } },
  };
  const part = partOf(schema, schema);

  it("have a part for each member", () => {
    expect(part.kind).toBe("group");
    const parts = part.kind === "group" ? Object.fromEntries(part.parts) : {};
    expect(Object.entries(parts).map(([key, { kind, optional }]) => [key, kind, optional])).toEqual([
      ["host", "text", false],
      ["port", "number", true],
      ["password", "text", true],
      ["tls", "group", true],
      ["qos", "choice", true],
      ["topics", "list", false],
      ["odd", "json", true],
      ["self", "group", true],
    ]);
    expect(parts["host"]).toMatchObject({ title: "Host", hint: { zh: "在哪里", en: "Where" }, longest: 80 });
    expect(parts["port"]).toMatchObject({ whole: true, least: 1, most: 65535 });
    expect(parts["password"]).toMatchObject({ secret: true });
    expect(parts["qos"]).toMatchObject({ of: ["at_most_once", "at_least_once"] });
  });

  it("begin blank with what is needed, and lose a member that is taken out", () => {
    expect(blank(part)).toEqual({ host: "", topics: [] });
    expect(withMember({ a: 1, b: 2 }, "a", undefined)).toEqual({ b: 2 });
    expect(withMember(undefined, "a", 3)).toEqual({ a: 3 });
  });

  it("are titled in the language of the page", () => {
    expect([titleIn("端口 / Port", "zh"), titleIn("端口 / Port", "en"), titleIn("Port", "zh")]).toEqual(["端口", "Port", "Port"]);
  });

  it("show faults at their field, others at the top", () => {
    const by = faultsBy([finding("/config/topics/0/topic"), finding("/config/what")], (path) => path === "/config/topics/0/topic");
    expect([...by.keys()]).toEqual(["/config/topics/0/topic", ""]);
    expect(pointer("/a", "b/c~")).toBe("/a/b~1c~0");
  });
});
