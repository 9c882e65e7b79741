/**
 * Runs one mechanism as its own process: `main.ts NAME URL` prints `ready` when it observes. For each line on its input
 * it prints what it has learned since the last one, as JSON. Started by `process.ts`.
 */

import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { nowMicros } from "../../lib/clock.ts";
import { isFull, parseStamp } from "../../lib/protocol/stamp.ts";
import { MECHANISMS } from "./all.ts";
import type { Learned } from "./process.ts";

const [name, url] = Deno.args;
let learned: Learned = { values: [], losses: 0 };
let newest: number | undefined;
const questions = createInterface({ input: Readable.fromWeb(Deno.stdin.readable) });
questions.on("close", () => Deno.exit()); // the parent has gone
const mechanism = MECHANISMS.find((mechanism) => mechanism.name === name)!;

await mechanism.observe(url, {
  learn(value) {
    const at = nowMicros();
    const stamp = value === null ? undefined : parseStamp(value);
    if (!stamp || !isFull(stamp) || stamp.seq === newest) return;
    newest = stamp.seq;
    learned.values.push([stamp.seq, at - stamp.micros]);
  },
  lose: () => void learned.losses++,
});
questions.on("line", () => {
  console.log(JSON.stringify(learned));
  learned = { values: [], losses: 0 };
});
console.log("ready");
