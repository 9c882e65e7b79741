/** This project's observer, as a loop and with a callback. */

import { openConnection } from "../../lib/connect/connection.ts";
import { parseServerUrls } from "../../lib/connect/server.ts";
import type { Change } from "../../lib/observe/change.ts";
import { observe } from "../../lib/observe/observe.ts";
import { onChange } from "../../lib/observe/on_change.ts";
import { SHARED_KEY } from "../../lib/protocol/keys.ts";
import { versionOfStamp } from "../../lib/protocol/stamp.ts";
import { type Learner, type Mechanism, tlsSettings } from "./mechanism.ts";

const OPTIONS = { via: "keyspace", reconcileInterval: 2, versionOf: versionOfStamp } as const;

/** `for await (const change of observe(…))`. */
export const observerLoop: Mechanism = {
  name: "observer, loop",
  announcement: "none",
  needsFlags: true,
  async observe(url, learner) {
    const loop = observe(await open(url), SHARED_KEY, OPTIONS);
    take(learner, (await loop.next()).value!); // the value at the start
    void (async () => {
      for await (const change of loop) take(learner, change);
    })();
  },
};

/** `onChange(…, callback)`. */
export const observerCallback: Mechanism = {
  name: "observer, callback",
  announcement: "none",
  needsFlags: true,
  async observe(url, learner) {
    const first = Promise.withResolvers<void>();
    onChange(await open(url), SHARED_KEY, (change) => {
      take(learner, change);
      first.resolve();
    }, OPTIONS);
    await first.promise;
  },
};

async function open(url: string) {
  const signal = new AbortController().signal;
  const servers = parseServerUrls(url)!.map((server) =>
    server.tls ? { ...server, tls: tlsSettings() } : server
  );
  return (await openConnection(servers, { name: "mechanism", signal })).client;
}

function take(learner: Learner, { value, missed, conflated }: Change): void {
  if (missed + conflated > 0) learner.lose();
  learner.learn(value);
}
