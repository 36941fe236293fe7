// One request and what can go wrong with it.

import type { Diagnostic } from "./types";

/** What went wrong: the way there, the right to it, or what the server said (problem+json, RFC 9457). */
export type FailureKind = "offline" | "unreachable" | "unauthorised" | "refused";

export class Failure extends Error {
  constructor(
    readonly kind: FailureKind,
    readonly status = 0,
    readonly code = "",
    /** What the server said, in its words. */
    readonly said = "",
    readonly diagnostics: Diagnostic[] = [],
  ) {
    super(said || code || kind);
    this.name = "Failure";
  }
}

/** Any thrown thing as a failure; an interrupted connection counts as unreachable. */
export function asFailure(thrown: unknown): Failure {
  if (thrown instanceof Failure) return thrown;
  return new Failure(navigator.onLine ? "unreachable" : "offline");
}

/** Reads a refusal. Servers and proxies that do not speak problem+json are answered by their status. */
export async function failureOf(response: Response): Promise<Failure> {
  const type = response.headers.get("content-type") ?? "";
  let body: Record<string, unknown> = {};
  if (type.includes("json")) {
    const json: unknown = await response.json().catch(() => ({}));
    if (typeof json === "object" && json !== null) body = json as Record<string, unknown>;
  }
  const text = (key: string) => (typeof body[key] === "string" ? body[key] : "");
  const kind: FailureKind =
    response.status === 401 ? "unauthorised" : [502, 503, 504].includes(response.status) && !text("code") ? "unreachable" : "refused";
  const diagnostics = Array.isArray(body["diagnostics"]) ? (body["diagnostics"] as Diagnostic[]) : [];
  return new Failure(kind, response.status, text("code"), text("detail") || text("title"), diagnostics);
}

/** Sends a request with the page's cookie; throws a Failure unless the server agreed. */
export async function send(method: string, path: string, body?: unknown, signal?: AbortSignal, accept = "application/json"): Promise<Response> {
  // Errors come in the language of the page. The last header says that this page made the request: no form can.
  const headers: Record<string, string> = { accept, "accept-language": document.documentElement.lang, "x-castellan-page": "1" };
  const init: RequestInit = { method, credentials: "same-origin", headers };
  if (signal) init.signal = signal;
  if (body instanceof Blob) {
    headers["content-type"] = body.type;
    init.body = body;
  } else if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch (thrown) {
    throw asFailure(thrown);
  }
  if (!response.ok) throw await failureOf(response);
  return response;
}

/** Sends a request and reads the JSON that comes back; `undefined` for an empty answer. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const response = await send(method, path, body);
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}
