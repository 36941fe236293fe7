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

describe("follow", () => {
  it("opens the stream again after a break and after its end, and stops when it is told to", async () => {
    const link = (device: string) => `event: link\ndata: {"device":"${device}","online":true}\n\n`;
    server(["unreachable", sse(link("dv_1")), sse(": open\n\n" + link("dv_2")), json({ code: "auth.required" }, 401)]);
    const heard: string[] = [];
    const following = follow(
      {
        opened: () => heard.push("opened"),
        changed: (delta) => heard.push(delta.event === "link" ? delta.data.device : delta.event),
        broke: (failure) => {
          heard.push(failure.kind);
          return failure.kind !== "unauthorised";
        },
      },
      new AbortController().signal,
    );
    await vi.runAllTimersAsync();
    await following;
    expect(heard).toEqual(["unreachable", "opened", "dv_1", "opened", "dv_2", "unauthorised"]);
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
