/** Load on the nodes besides the roles' work. */

import { ask } from "./asking.ts";

/** How many different keys a flood sets, which bounds its memory. */
const DISTINCT_KEYS = 5000;

const VALUE = "x".repeat(1000);

let keys = 0;

/**
 * Sets unrelated keys as fast as a node accepts them.
 *
 * @param url The node's URL.
 * @param count How many.
 */
export async function flood(url: string, count: number): Promise<void> {
  await ask(url, async (client) => {
    const pipeline = client.pipeline();
    for (let i = 0; i < count; i++) pipeline.set(`flood:${keys++ % DISTINCT_KEYS}`, VALUE);
    await pipeline.exec();
  });
}

/**
 * Finds a role's subscribed connection.
 *
 * @param url The node's URL.
 * @param role The role's name, as in its connections' names.
 * @returns The connection's id, or `undefined` if there is none.
 */
export async function subscriberOf(url: string, role: string): Promise<string | undefined> {
  const list = await ask(url, (client) => client.call("CLIENT", "LIST", "TYPE", "pubsub"));
  return new RegExp(`^id=(\\d+) .*name=${role} `, "m").exec(String(list))?.[1];
}
