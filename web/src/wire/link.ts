// A link that opens the page on another device, once.

import { ask } from "./http";
import type { PhoneLink } from "./types";

export const phoneLink = () => ask<PhoneLink>("POST", "/api/session/link", {});
