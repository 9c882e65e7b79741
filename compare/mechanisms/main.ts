/**
 * One mechanism as a process of its own: `main.ts NAME URL` says `ready` when it observes. For each line that it reads,
 * it writes what it has learned since the last one, as JSON. See `process.ts`, which starts it.
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
