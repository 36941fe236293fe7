// Who is signed in, and whether the server can be reached.

import { create } from "zustand";
import * as castellan from "../wire/castellan";
import { asFailure, type Failure } from "../wire/http";
import { follow } from "../wire/feed";
import type { Proposal, Session } from "../wire/types";
import { applied, begun, pending, useHome, withProposals } from "./home";

export type Phase =
  | { is: "starting" }
  /** Nobody is signed in; `failure` says what became of the last code. */
  | { is: "out"; expired: boolean; failure?: Failure }
  /** The server did not answer at all. */
  | { is: "gone"; failure: Failure }
  | { is: "in"; session: Session };

export type Link = "opening" | "live" | "broken" | "offline";

interface Door {
  phase: Phase;
  link: Link;
}

export const useSession = create<Door>(() => ({ phase: { is: "starting" }, link: "opening" }));

let following: AbortController | undefined;

/** The one-time code in the address, which is taken out of it at once. */
export function takeCode(location: Location, history: History): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get("code")?.trim();
  if (code) history.replaceState(history.state, "", location.pathname + location.search);
  return code || undefined;
}

/** Signs in with the code of the address, or goes on with the cookie of an earlier visit. */
export async function begin(): Promise<void> {
  const code = takeCode(location, history);
  if (code) await signIn(code);
  else await resume();
}

/** Looks whether somebody is signed in. */
export async function resume(expired = false): Promise<void> {
  try {
    enter(await castellan.session());
  } catch (thrown) {
    const failure = asFailure(thrown);
    if (failure.kind === "unauthorised") leave({ is: "out", expired });
    else leave({ is: "gone", failure });
  }
}

/** Exchanges a code, or the whole link that has it, for the page's cookie. */
export async function signIn(given: string): Promise<void> {
  const code = /#code=([^&\s]+)/.exec(given)?.[1] ?? given;
  try {
    await castellan.signIn(code);
  } catch (thrown) {
    const failure = asFailure(thrown);
    // A used code in an old link does no harm where the cookie still holds.
    const still = await castellan.session().catch(() => undefined);
    if (still) enter(still);
    else if (failure.kind === "offline" || failure.kind === "unreachable") leave({ is: "gone", failure });
    else leave({ is: "out", expired: false, failure });
    return;
  }
  await resume();
}

export async function signOut(): Promise<void> {
  await castellan.signOut().catch(() => undefined);
  useHome.getState().clear();
  leave({ is: "out", expired: false });
}

/** A request that was not allowed any more ends the session; everything else is shown where it happened. */
export function noteFailure(failure: Failure): void {
  if (failure.kind === "unauthorised" && useSession.getState().phase.is === "in") leave({ is: "out", expired: true });
}

function leave(phase: Phase): void {
  following?.abort();
  following = undefined;
  heard();
  useSession.setState({ phase, link: "opening" });
}

/** Who waits for the whole state. */
let waiting: (() => void)[] = [];

function heard(): void {
  const all = waiting;
  waiting = [];
  for (const done of all) done();
}

function enter(session: Session): void {
  useSession.setState({ phase: { is: "in", session } });
  listen();
}

/** Opens the socket, in place of the one that is open. */
function listen(): void {
  following?.abort();
  following = new AbortController();
  const link = (link: Link) => useSession.setState({ link });
  void follow(
    {
      began: (snapshot) => {
        link("live");
        useHome.getState().change((site) => begun(site, snapshot));
        useHome.getState().setLoaded("yes");
        heard();
        void settle(snapshot.proposals);
      },
      resumed: () => link("live"),
      changed: (events) => useHome.getState().change((site) => events.reduce(applied, site)),
      broke: (failure) => {
        noteFailure(failure);
        link(navigator.onLine ? "broken" : "offline");
        if (useHome.getState().loaded !== "yes") useHome.getState().setLoaded("failed");
        heard();
        return failure.kind !== "unauthorised";
      },
    },
    following.signal,
  );
}

/** What was known as pending and is not among those that wait any more was decided meanwhile. */
async function settle(waiting: readonly Proposal[]): Promise<void> {
  const known = new Set(waiting.map((p) => p.id));
  const gone = pending(useHome.getState()).filter((p) => !known.has(p.id));
  const decided = await Promise.all(gone.map((p) => castellan.proposal(p.id).catch(() => ({ ...p, state: "expired" as const }))));
  if (decided.length > 0) useHome.getState().change((site) => withProposals(site, decided));
}

/**
 * Begins anew with the whole state, and resolves when it is there or cannot be had. It comes over the socket like all that
 * follows: an answer to a request of its own could be older than a change that was told meanwhile, and undo it.
 */
export function load(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (following) listen();
    else heard();
  });
}
