/** All mechanisms, in the order of the tables. */

import type { Mechanism } from "./mechanism.ts";
import { keyevent, keyspace } from "./notifications.ts";
import { observerCallback, observerLoop } from "./observer.ts";
import { polling } from "./polling.ts";
import { publishedValue } from "./published_value.ts";
import { stream } from "./stream.ts";
import { broadcastTracking, tracking } from "./tracking.ts";

/** All mechanisms. */
export const MECHANISMS: readonly Mechanism[] = [
  observerLoop,
  observerCallback,
  keyevent,
  keyspace,
  tracking,
  broadcastTracking,
  publishedValue,
  stream,
  polling(10),
  polling(100),
  polling(1000),
];
