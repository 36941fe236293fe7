// Registering and tending devices and connections: what the page says to the server about what exists.

import { all } from "./castellan";
import { ask, send } from "./http";
import type { Candidate, Changed, Connection, ConnectionWish, Credential, Device, Driver, Imported, Names, Occurrence, Product, Registered, Rejected, Removed, Rule, Template } from "./types";

const id = encodeURIComponent;

/** Either it was done, or a person is asked first. */
export type Made<T> = { done: T } | { asked: Changed };

export async function made<T>(method: string, path: string, body?: unknown): Promise<Made<T>> {
  const response = await send(method, path, body ?? {});
  const json: unknown = await response.json();
  return response.status === 202 ? { asked: json as Changed } : { done: json as T };
}

export const templates = () => all<Template>("/api/templates");
export const products = () => all<Product>("/api/products");
export const device = (device: string) => ask<Device>("GET", `/api/devices/${id(device)}`);
export const removed = () => all<Removed>("/api/devices/removed");

export interface NewDevice {
  product: string;
  key?: string;
  names?: Names;
  space?: string;
  /** By which way it is reached; by itself when absent. */
  route?: Device["route"];
}
export const register = (wanted: NewDevice) => made<Registered>("POST", "/api/devices", wanted);

export interface DeviceChange {
  names?: Names;
  space?: string | null;
  disabled?: boolean;
}
export const change = (device: string, change: DeviceChange) => made<Device>("PATCH", `/api/devices/${id(device)}`, change);
export const remove = (device: string, force: boolean) => ask<Changed>("DELETE", `/api/devices/${id(device)}?force=${force}`);
export const restore = (device: string) => made<Device>("POST", `/api/devices/${id(device)}/restore`);

/** Shows the secret that nobody has seen yet, or makes another one. */
export const secret = (device: string, rotate: boolean) => ask<Credential>("POST", `/api/devices/${id(device)}/secret?rotate=${rotate}`, {});
export const replace = (device: string, key?: string) => made<Registered>("POST", `/api/devices/${id(device)}/replace`, key ? { key } : {});

export const uses = (device: string) => all<Rule>(`/api/devices/${id(device)}/uses`);
/** Events and refused payloads: the newest suffice. */
const NEWEST = 20;
const newest = async <T>(path: string) => (await ask<{ items: T[] }>("GET", `${path}?limit=${NEWEST}`)).items;
export const events = (device: string) => newest<Occurrence>(`/api/devices/${id(device)}/events`);
export const rejected = (device: string) => newest<Rejected>(`/api/devices/${id(device)}/rejected`);

/** Registers the devices of a table. */
export async function importTable(text: string, partial: boolean): Promise<Made<Imported>> {
  const response = await send("POST", `/api/devices/import?partial=${partial}`, new Blob([text], { type: "text/csv" }));
  const json: unknown = await response.json();
  return response.status === 202 ? { asked: json as Changed } : { done: json as Imported };
}
/** The address of an empty table. */
export const TABLE = "/api/devices/import/template.csv";

export const drivers = () => all<Driver>("/api/drivers");
export const connections = () => all<Connection>("/api/connections");
export const addConnection = (wish: ConnectionWish) => made<Connection>("POST", "/api/connections", wish);
export const changeConnection = (connection: string, wish: ConnectionWish) => made<Connection>("PUT", `/api/connections/${id(connection)}`, wish);
export const removeConnection = (connection: string) => ask<Changed>("DELETE", `/api/connections/${id(connection)}`);
export const found = (connection: string) => all<Candidate>(`/api/connections/${id(connection)}/found`);
/** Registers a device that was found, as it was described. */
export const adopt = (connection: string, key: string) => made<Device>("POST", `/api/connections/${id(connection)}/found/${id(key)}/adopt`, {});
