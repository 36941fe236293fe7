// Conversations that were had: listed, searched, read again, named and thrown away.

import { ask } from "./http";
import type { Conversation, ConversationWhole, Page } from "./types";

const id = encodeURIComponent;
/** As many as a list shows. */
const SHOWN = 50;

/** The newest ones, or those in which a text stands. */
export const conversations = async (query: string) => {
  const wanted = new URLSearchParams({ limit: String(SHOWN), ...(query ? { query } : {}) });
  return (await ask<Page<Conversation>>("GET", `/api/conversations?${wanted}`)).items;
};
export const conversation = (conversation: string) => ask<ConversationWhole>("GET", `/api/conversations/${id(conversation)}`);
export const rename = (conversation: string, title: string) => ask<Conversation>("PATCH", `/api/conversations/${id(conversation)}`, { title });
export const remove = (conversation: string) => ask<void>("DELETE", `/api/conversations/${id(conversation)}`);
