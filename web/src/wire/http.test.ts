import { describe, expect, it } from "vitest";
import { failureOf } from "./http";

const problem = (status: number, body: unknown, type = "application/problem+json") => new Response(typeof body === "string" ? body : JSON.stringify(body), { status, headers: { "content-type": type } });

describe("failureOf", () => {
  it.each([
    [problem(401, { code: "auth.required", detail: "请先登录" }), "unauthorised", "auth.required", "请先登录"],
    [problem(409, { code: "proposal.hash", title: "Conflict" }), "refused", "proposal.hash", "Conflict"],
    [problem(503, { code: "busy", detail: "later" }), "refused", "busy", "later"],
    [problem(502, "<html>", "text/html"), "unreachable", "", ""],
    [problem(400, "{", "application/json"), "refused", "", ""],
    [problem(422, { detail: 7, diagnostics: "none" }), "refused", "", ""],
  ])("reads %#", async (response, kind, code, said) => {
    const failure = await failureOf(response);
    expect({ kind: failure.kind, code: failure.code, said: failure.said, diagnostics: failure.diagnostics }).toEqual({ kind, code, said, diagnostics: [] });
  });
});
