/**
 * Observes keys of KeyDB, Valkey and Redis by their keyspace notifications. The newest value is never
 * lost, even if a connection breaks or goes silent, a server is lost, or a server changes a key without
 * a notification.
 *
 * @example Usage
 * ```ts
 * import { observe, openConnection } from "@observable/keydb";
 * import { assertEquals } from "@std/assert";
 *
 * await using connection = await openConnection("redis://127.0.0.1:6379", { name: "example" });
 * await connection.client.set("greeting", "hello");
 * for await (const change of observe(connection.client, "greeting")) {
 *   assertEquals(change.value, "hello");
 *   break; // ends the observation
 * }
 * ```
 *
 * @module
 */

export { type ChangeLoop, observe } from "./observe/observe.ts";
export { type ChangeSubscription, onChange, type OnChangeOptions } from "./observe/on_change.ts";
export type { Cause, Change } from "./observe/change.ts";
export type { Version } from "./observe/version.ts";
export type { ObservationStatus, ObserveOptions } from "./observe/observe.ts";
export type { Via } from "./observe/channels.ts";

export { HEALING, openConnection, whenReady } from "./connect/connection.ts";
export type {
  Connection,
  ConnectionOptions,
  ConnectionStatus,
  ServerStatus,
} from "./connect/connection.ts";
export { AccessError } from "./connect/access_error.ts";
export { parseServerUrls, type Server } from "./connect/server.ts";
export type { TlsSettings } from "./connect/tls.ts";
export { Primary, type PrimaryOptions, type PrimaryStatus } from "./connect/primary.ts";
export { checkNotifications, type NotificationCheck } from "./observe/notifications.ts";

export {
  createStamp,
  formatStamp,
  type FullStamp,
  isFull,
  nameRun,
  parseStamp,
  type Stamp,
  type StampVersion,
  versionOfStamp,
} from "./protocol/stamp.ts";
export { nowMicros } from "./clock.ts";
export { formatDifference, type TimeDifference, timeDifference } from "./protocol/timing.ts";

export {
  formatHandshake,
  type Handshake,
  type ListenerAccount,
  parseHandshake,
  writeHandshake,
} from "./protocol/handshake.ts";
export { handshakeKeyOf, SHARED_KEY } from "./protocol/keys.ts";
