/** Lets observations follow the client they were made with, with one set of listeners per client. */

import type { Redis } from "ioredis";

/** What follows a client. */
export interface Follower {
  /** The client is connected, maybe to another server than before. */
  onClientReady(): void;
  /** The client was closed for good. */
  onClientEnd(): void;
}

const FOLLOWERS = new WeakMap<Redis, Set<Follower>>();

/** Begins to call a follower when a client connects or is closed. */
export function followClient(client: Redis, follower: Follower): void {
  followersOf(client).add(follower);
  if (client.status === "end") follower.onClientEnd();
}

/** Stops calling a follower. */
export function unfollowClient(client: Redis, follower: Follower): void {
  FOLLOWERS.get(client)?.delete(follower);
}

function followersOf(client: Redis): Set<Follower> {
  const known = FOLLOWERS.get(client);
  if (known) return known;
  const followers = new Set<Follower>();
  FOLLOWERS.set(client, followers);
  client.on("ready", () => followers.forEach((follower) => follower.onClientReady()));
  client.on("end", () => followers.forEach((follower) => follower.onClientEnd()));
  return followers;
}
