import { assertEquals } from "@std/assert";
import type { Second } from "../protocol.ts";
import { History } from "./history.js";

const SECOND = 1e6;

function second(at: number): Second {
  return [at * SECOND, 2, 1, 3];
}

Deno.test("a line holds the last five minutes", () => {
  const history = new History();
  const seconds = Array.from({ length: 400 }, (_, i) => second(i));
  history.add(seconds, 399 * SECOND);
  assertEquals(history.seconds[0], second(99));
  history.add([], 698 * SECOND);
  assertEquals(history.seconds, seconds.slice(-2));
  history.add([], 1000 * SECOND);
  assertEquals(history.seconds, []);
});

Deno.test("a line restarts if the clock was set back", () => {
  const history = new History();
  history.add([second(10), second(5), second(11)], 11 * SECOND);
  assertEquals(history.seconds, [second(10), second(11)]);
  history.add([second(2)], 2 * SECOND);
  assertEquals(history.seconds, [second(2)]);
});
