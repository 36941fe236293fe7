// A link that opens the page on another device, once.

import { ask } from "./http";
import type { LoginLink } from "./types";

export const phoneLink = () => ask<LoginLink>("POST", "/api/session/link", {});
