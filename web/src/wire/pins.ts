// Sentences that were pinned as tests: listed (which reads each again), pinned and thrown away.

import { ask } from "./http";
import type { Page, Pin } from "./types";

export const pins = async () => (await ask<Page<Pin>>("GET", "/api/pins")).items;
export const pin = (text: string, like: string) => ask<Pin>("POST", "/api/pins", { text, ...(like ? { like } : {}) });
export const unpin = (id: number) => ask<void>("DELETE", `/api/pins/${id}`);
