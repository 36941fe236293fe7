import { describe, expect, it } from "vitest";
import { readSse, type SseMessage, SseParser } from "./sse";

const TEXT = 'event: turn\r\ndata: {"turn_id":"tn_1"}\r\n\r\n: heartbeat\n\nevent: text\ndata: {"delta":"灯\ndata: 开"}\n\ndata:bare\n\nevent: nothing\n\nretry: 5\nid: 7\nevent: reply\rdata: {}\r\r\n';
const EXPECTED: SseMessage[] = [
  { event: "turn", data: '{"turn_id":"tn_1"}' },
  { event: "text", data: '{"delta":"灯\n开"}' },
  { event: "message", data: "bare" },
  { event: "reply", data: "{}" },
];

describe("SseParser", () => {
  it("reads the same messages however the text is cut", () => {
    for (let size = 1; size <= TEXT.length; size += 1) {
      const parser = new SseParser();
      const got: SseMessage[] = [];
      for (let at = 0; at < TEXT.length; at += size) got.push(...parser.push(TEXT.slice(at, at + size)));
      expect(got, `pieces of ${size}`).toEqual(EXPECTED);
    }
  });

  it("holds back what is not complete", () => {
    const parser = new SseParser();
    expect(parser.push("data: one\n")).toEqual([]);
    expect(parser.push("\n")).toEqual([{ event: "message", data: "one" }]);
  });
});

describe("readSse", () => {
  it("joins characters that were cut between two chunks", async () => {
    const bytes = new TextEncoder().encode(TEXT);
    const body = new ReadableStream<Uint8Array>({
      start: (stream) => {
        for (let at = 0; at < bytes.length; at += 3) stream.enqueue(bytes.slice(at, at + 3));
        stream.close();
      },
    });
    const got: SseMessage[] = [];
    for await (const message of readSse(body)) got.push(message);
    expect(got).toEqual(EXPECTED);
  });
});
