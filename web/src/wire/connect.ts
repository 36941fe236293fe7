// Connecting something of one's own: a product without a model, what a device said, and what logs in.

import { all } from "./castellan";
import type { Made } from "./devices";
import { ask, send } from "./http";
import type { Changed, Device, DeviceToken, Inference, Minted, Names, ProductMade, TokenView } from "./types";

const id = encodeURIComponent;

async function made<T>(path: string, body: unknown): Promise<Made<T>> {
  const response = await send("POST", path, body);
  const json: unknown = await response.json();
  return response.status === 202 ? { asked: json as Changed } : { done: json as T };
}

/** A product whose model nobody knows yet. */
export const blankProduct = (key: string, names: Names) => made<ProductMade>("/api/products", { model: {}, key, names });
/** Proposes a model from what its devices said and was not taken. */
export const infer = (product: string) => ask<Inference>("POST", `/api/products/${id(product)}/infer`, {});
/** The token with which a device posts over HTTP; shown this once. */
export const deviceToken = (device: string) => ask<DeviceToken>("POST", `/api/devices/${id(device)}/token`, {});
/** Makes a device of ours of one that was found, with its name and place. */
export const adoptAs = (connection: string, key: string, wanted: { names?: Names; space?: string }) => made<Device>(`/api/connections/${id(connection)}/found/${id(key)}/adopt`, wanted);

/** A token for a program that speaks on topics of its own. */
export const bridgeToken = (name: string) => ask<Minted>("POST", "/api/tokens", { name, role: "bridge" });
export const tokens = () => all<TokenView>("/api/tokens");
