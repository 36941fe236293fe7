// What rules told people, and saying that it was read. What nobody has read comes by the socket.

import { ask } from "./http";
import type { Notice } from "./types";

/** Notices that are shown. */
const LIST_MAX = 100;

export const notices = async () => (await ask<{ items: Notice[] }>("GET", `/api/notices?limit=${LIST_MAX}`)).items;
export const readNotices = async (ids: readonly string[]) => (await ask<{ notices: Notice[] }>("POST", "/api/notices/read", { notices: ids })).notices;
