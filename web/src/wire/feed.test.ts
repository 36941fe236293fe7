import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { devices, say } from "./castellan";
import { follow } from "./feed";
import type { Reply, TurnEvent } from "./types";

type Answer = Response | "unreachable";

/** Answers requests one after the other, and keeps what was asked. */
function server(answers: Answer[]): string[] {
  const asked: string[] = [];
  vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
    asked.push(`${init.method} ${path}`);
    const answer = answers.shift() ?? "unreachable";
    return answer === "unreachable" ? Promise.reject(new TypeError("failed")) : Promise.resolve(answer);
  });
  return asked;
}

const sse = (text: string) => new Response(text, { headers: { "content-type": "text/event-stream" } });
const json = (body: unknown, status = 200) => new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", { documentElement: { lang: "en" } });
  vi.stubGlobal("navigator", { onLine: true });
  vi.stubGlobal("addEventListener", () => undefined);
  vi.stubGlobal("removeEventListener", () => undefined);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** A socket whose other end is the test. */
class FakeSocket {
  static opened: FakeSocket[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;
  closed = false;
  constructor(readonly url: string) {
    FakeSocket.opened.push(this);
  }
  close() {
    this.closed = true;
  }
  says(message: unknown) {
    this.onmessage?.({ data: typeof message === "string" ? message : JSON.stringify(message) });
  }
}

describe("follow", () => {
  /** The socket that the page opened last, once it has. */
  const last = async () => {
    await vi.advanceTimersByTimeAsync(20_000);
    const socket = FakeSocket.opened.at(-1);
    if (!socket) throw new Error("no socket was opened");
    return socket;
  };
  const snapshot = (epoch: string, seq: number) => ({ type: "snapshot", epoch, seq, devices: [] });
  const link = (device: string) => ({ event: "link", data: { device, online: true } });

  function followed(): string[] {
    FakeSocket.opened = [];
    vi.stubGlobal("WebSocket", FakeSocket);
    vi.stubGlobal("location", { protocol: "https:", host: "hall.example" });
    const heard: string[] = [];
    const following = follow(
      {
        began: ({ seq }) => heard.push(`began ${seq}`),
        resumed: () => heard.push("resumed"),
        changed: (events) => heard.push(...events.map((e) => (e.event === "link" ? e.data.device : e.event))),
        broke: (failure) => {
          heard.push(failure.kind);
          return failure.kind !== "unauthorised";
        },
      },
      new AbortController().signal,
    );
    void following.then(() => heard.push("end"));
    return heard;
  }

  it("goes on after a break from the number it had", async () => {
    server([json({}), json({}), json({}), json({})]);
    const heard = followed();
    const first = await last();
    first.onopen?.();
    first.says(snapshot("e1", 4));
    first.says("{");
    first.says({ type: "delta", seq: 7, events: [link("dv_1")] });
    first.onclose?.({ code: 1006 });
    const second = await last();
    second.onopen?.();
    second.says({ type: "resumed", epoch: "e1", seq: 7 });
    second.says({ type: "delta", seq: 8, events: [link("dv_2")] });
    expect(heard).toEqual(["began 4", "dv_1", "unreachable", "resumed", "dv_2"]);
    expect([first.url, second.url]).toEqual(["wss://hall.example/api/socket", "wss://hall.example/api/socket?epoch=e1&after=7"]);
  });

  it("takes a long silence for a break, and what lives for none", async () => {
    server([]);
    const heard = followed();
    const first = await last();
    first.onopen?.();
    first.says(snapshot("e1", 1));
    await vi.advanceTimersByTimeAsync(40_000);
    first.says({ type: "alive", seq: 1 });
    await vi.advanceTimersByTimeAsync(40_000);
    expect([heard, first.closed]).toEqual([["began 1"], false]);
    await vi.advanceTimersByTimeAsync(10_000);
    expect([heard, first.closed]).toEqual([["began 1", "unreachable"], true]);
  });

  it("ends when the login does, also where the socket was refused", async () => {
    server([]);
    const heard = followed();
    const first = await last();
    first.onopen?.();
    first.onclose?.({ code: 4401 });
    await vi.runAllTimersAsync();
    expect(heard).toEqual(["unauthorised", "end"]);
    server([json({ code: "auth.required" }, 401)]);
    const again = followed();
    (await last()).onclose?.({ code: 1006 });
    await vi.runAllTimersAsync();
    expect(again).toEqual(["unauthorised", "end"]);
  });
});

describe("lists", () => {
  it("are read page by page", async () => {
    const asked = server([json({ items: [{ id: "a" }], next_cursor: "x/1" }), json({ items: [{ id: "b" }] })]);
    expect((await devices()).map((device) => device.id)).toEqual(["a", "b"]);
    expect(asked).toEqual(["GET /api/devices?limit=500", "GET /api/devices?limit=500&cursor=x%2F1"]);
  });
});

describe("say", () => {
  const heard = async () => {
    const events: TurnEvent["event"][] = [];
    for await (const event of say({ text: "x", language: "en" }, new AbortController().signal)) events.push(event.event);
    return events;
  };

  it("gives out the events it knows", async () => {
    server([sse('event: turn\ndata: {"conversation_id":"c","turn_id":"t"}\n\nevent: later\ndata: {}\n\nevent: reply\ndata: {}\n\n')]);
    expect(await heard()).toEqual(["turn", "reply"]);
  });

  it("takes an answer that comes whole", async () => {
    server([json({} satisfies Partial<Reply>)]);
    expect(await heard()).toEqual(["reply"]);
  });

  it("fails as one thing when the stream is not what it should be", async () => {
    server([sse("event: text\ndata: {\n\n")]);
    await expect(heard()).rejects.toMatchObject({ name: "Failure", kind: "unreachable" });
  });
});
