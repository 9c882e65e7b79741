import { assert, assertEquals, assertFalse } from "@std/assert";
import { ServerSelection } from "./_server_selection.ts";

/** The servers that are tried next, one after the other. */
function tries(preference: ServerSelection, count: number): number[] {
  return Array.from({ length: count }, () => {
    preference.advance();
    return preference.current;
  });
}

Deno.test("ServerSelection tries the servers in their order, round after round", () => {
  const preference = new ServerSelection(3);
  assertEquals(preference.current, 0);
  assertEquals(tries(preference, 2), [1, 2]);
  assertEquals(preference.failedRounds, 0);
  assertEquals(tries(preference, 4), [0, 1, 2, 0]);
  assertEquals(preference.failedRounds, 2);
});

Deno.test("ServerSelection tries a server that closed the connection first, a silent one last", () => {
  const preference = new ServerSelection(3);
  preference.settle();
  preference.lose(false);
  assertEquals(tries(preference, 3), [0, 1, 2]);
  preference.begin(1);
  preference.advance();
  preference.settle();
  preference.lose(true);
  assertEquals(tries(preference, 3), [0, 2, 1]);
});

Deno.test("ServerSelection remembers the server in use before, and which ones are better", () => {
  const preference = new ServerSelection(3);
  assertEquals(preference.settle(), 0);
  preference.lose(true);
  preference.advance();
  assertEquals(preference.settle(), 0);
  assertEquals(preference.preferred, [0]);
  preference.begin(0);
  preference.advance();
  assertEquals([preference.current, preference.settle(), preference.settle()], [0, 1, 0]);
  assertEquals(preference.preferred, []);
});

Deno.test("ServerSelection never tries again what has refused, until none is left", () => {
  const preference = new ServerSelection(2);
  preference.refuse(0);
  assertFalse(preference.exhausted);
  assertEquals(tries(preference, 2), [1, 1]);
  preference.refuse(1);
  preference.advance();
  assert(preference.exhausted);
});
