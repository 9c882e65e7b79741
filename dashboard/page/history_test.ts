import { assert, assertEquals } from "@std/assert";
import type { Point } from "../protocol.ts";
import { History } from "./history.js";

const SECOND = 1e6;

Deno.test("a line holds the last five minutes", () => {
  const history = new History();
  const points = Array.from({ length: 400 }, (_, i): Point => [i * SECOND, i]);
  history.add(points, 399 * SECOND);
  assertEquals(history.points()[0], [99 * SECOND, 99]);
  history.add([], 398 * SECOND + 300 * SECOND);
  assertEquals(history.points(), points.slice(-2));
  history.add([], 1000 * SECOND);
  assertEquals(history.points(), []);
});

Deno.test("a line stays short however many changes there are, and no peak is lost", () => {
  const history = new History();
  for (let second = 0; second < 600; second++) {
    const points = Array.from({ length: 1000 }, (_, i): Point => {
      return [second * SECOND + i * 1000, second === 590 && i === 7 ? 9999 : 100 + i % 10];
    });
    history.add(points, second * SECOND);
  }
  const points = history.points();
  assert(points.length <= 2 * 4 * 301, `there are ${points.length} points`);
  assertEquals(Math.max(...points.map(([, value]) => value)), 9999);
  assertEquals(points.map(([at]) => at), points.map(([at]) => at).toSorted((a, b) => a - b));
});

Deno.test("a line does not turn round where a clock was set back", () => {
  const history = new History();
  history.add([[10 * SECOND, 1], [5 * SECOND, 2], [11 * SECOND, 3]], 11 * SECOND);
  assertEquals(history.points(), [[10 * SECOND, 1], [11 * SECOND, 3]]);
  history.add([[2 * SECOND, 4]], 2 * SECOND);
  assertEquals(history.points(), [[2 * SECOND, 4]]);
});
