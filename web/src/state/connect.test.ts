import { describe, expect, it } from "vitest";
import type { Inference, Template } from "../wire/types";
import { brokerConfig, EXAMPLE_PAYLOAD, filledLine, guessed, modbusConfig, paramsOf, productKey, registersOf } from "./connect";

describe("a device without a model", () => {
  it("has a line that says something", () => {
    expect(filledLine(`pub -m '{"id":"1","params":{},"method":"m"}'`)).toBe(`pub -m '{"id":"1","params":${EXAMPLE_PAYLOAD},"method":"m"}'`);
    expect(filledLine(`pub -m '{"params":{"a":1}}'`)).toBe(`pub -m '{"params":{"a":1}}'`);
  });

  it("is shown what it said without the envelope", () => {
    expect(paramsOf('{"id":"1","params":{"a":1}}')).toBe('{"a":1}');
    expect(paramsOf('{"a":1}')).toBe('{"a":1}');
    expect(paramsOf("23,5")).toBe("23,5");
  });

  it.each([
    [{ en: ["Sill climate 2"] }, "sill_climate_2_x7"],
    [{ zh: ["窗台"] }, "device_x7"],
    [{ en: ["***"] }, "device_x7"],
  ])("%j has a key", (names, expected) => expect(productKey(names, "x7")).toBe(expected));

  it("shows what is new in a proposal, with the reason", () => {
    const property = (identifier: string, more: object) => ({ identifier, name: identifier, accessMode: "r", dataType: { type: "double" }, ...more });
    const inference = {
      proposal: { document: { configuration: [{ put_product: { model: { properties: [property("old", {}), property("temp", { x: { unit: "Cel" } }), property("on", { accessMode: "rw" })] } } }] } },
      guesses: [
        { identifier: "temp", reason: { zh: "数", en: "number" } },
        { identifier: "on", reason: { zh: "真假", en: "truth" } },
        { identifier: "", reason: { zh: "不知", en: "unknown" } },
      ],
      left_out: [],
    } as unknown as Inference;
    expect(guessed(inference).map(({ identifier, unit, writable, reason }) => [identifier, unit, writable, reason?.en])).toEqual([
      ["temp", "Cel", false, "number"],
      ["on", "", true, "truth"],
    ]);
  });
});

describe("connections", () => {
  it("registers are a line for each property", () => {
    const template = { properties: [{ identifier: "power", trait: "on_off", writable: true }, { identifier: "t", trait: "measure.temperature", writable: false }, { identifier: "set", trait: "setpoint", writable: true }] } as Template;
    expect(registersOf(template)).toBe("identifier,table,address,type,scale,write\npower,coil,0,,,\nt,input,1,i16,0.1,\nset,holding,2,i16,0.1,single\n");
    expect(registersOf(undefined)).toBe("identifier,table,address,type,scale,write\n");
  });

  it("a bus is by network or by a serial line", () => {
    const fields = { serial: false, host: " 10.0.0.5 ", port: "", device: "/dev/ttyUSB0", baud: "", product: "pump", key: "p1", unit: "3", registers: "csv" };
    expect(modbusConfig(fields)).toEqual({ transport: { tcp: { host: "10.0.0.5", port: 502 } }, devices: [{ product: "pump", device: "p1", unit: 3, registers_csv: "csv" }] });
    expect(modbusConfig({ ...fields, serial: true })).toMatchObject({ transport: { rtu: { device: "/dev/ttyUSB0", baud: 9_600 } } });
  });

  it("a broker is asked for its devices", () => {
    expect(brokerConfig({ host: "h", port: "", user: "", tls: false })).toEqual({ host: "h", discovery: { enabled: true } });
    expect(brokerConfig({ host: "h", port: "8883", user: "u", tls: true })).toEqual({ host: "h", port: 8_883, user: "u", tls: {}, discovery: { enabled: true } });
  });
});
