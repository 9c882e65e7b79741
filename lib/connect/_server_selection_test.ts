import { assert, assertEquals, assertFalse } from "@std/assert";
import { ServerSelection } from "./_server_selection.ts";

/** Returns the servers that are tried next, one after the other. */
function tries(selection: ServerSelection, count: number): number[] {
  return Array.from({ length: count }, () => {
    selection.advance();
    return selection.current;
  });
}

Deno.test("ServerSelection tries the servers in their order, round after round", () => {
  const selection = new ServerSelection(3);
  assertEquals(selection.current, 0);
  assertEquals(tries(selection, 2), [1, 2]);
  assertEquals(selection.failedRounds, 0);
  assertEquals(tries(selection, 4), [0, 1, 2, 0]);
  assertEquals(selection.failedRounds, 2);
});

Deno.test("ServerSelection tries a server that closed the connection first, a silent one last", () => {
  const selection = new ServerSelection(3);
  selection.settle();
  selection.lose(false);
  assertEquals(tries(selection, 3), [0, 1, 2]);
  selection.begin(1);
  selection.advance();
  selection.settle();
  selection.lose(true);
  assertEquals(tries(selection, 3), [0, 2, 1]);
});

Deno.test("ServerSelection remembers the server in use before, and which ones are preferred", () => {
  const selection = new ServerSelection(3);
  assertEquals(selection.settle(), 0);
  selection.lose(true);
  selection.advance();
  assertEquals(selection.settle(), 0);
  assertEquals(selection.preferred, [0]);
  selection.begin(0);
  selection.advance();
  assertEquals([selection.current, selection.settle(), selection.settle()], [0, 1, 0]);
  assertEquals(selection.preferred, []);
});

Deno.test("ServerSelection never retries servers that refused, until none is left", () => {
  const selection = new ServerSelection(2);
  selection.refuse(0);
  assertFalse(selection.exhausted);
  assertEquals(tries(selection, 2), [1, 1]);
  selection.refuse(1);
  selection.advance();
  assert(selection.exhausted);
});
