// The site itself: its name, its place on Earth, its time and its calendar.

import { made } from "./devices";
import { ask } from "./http";
import type { SiteFacts } from "./types";

export const site = () => ask<SiteFacts>("GET", "/api/site");
export const putSite = (facts: SiteFacts) => made<SiteFacts>("PUT", "/api/site", facts);
