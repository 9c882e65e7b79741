import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { BEGIN, BoardUnderTest, changeTo, NODES } from "./_testing.ts";

Deno.test("Before the first report, everything is unknown", () => {
  const { nodes, writer, listeners, interval, observation } = new BoardUnderTest().state;
  assertEquals(
    nodes.map(({ name, status, since }) => [name, status, since]),
    NODES.map((name) => [name, "unknown", undefined]),
  );
  assertEquals([writer.name, writer.presence.status], [undefined, "unknown"]); // it may have written
  assertEquals(listeners.map(({ presence }) => presence.since), [undefined, undefined]);
  assertEquals(listeners.map(({ name }) => name), ["sync", "async"]);
  assertEquals([interval, observation.state], [{}, "interrupted"]);
});

Deno.test("A write is reported once, with the nodes in the order in which they announced it", () => {
  const t = new BoardUnderTest();
  const [one, two, three] = NODES;
  t.write(7, [two, three, one]);
  assertEquals(t.state.writer.name, "writer");
  assertEquals(t.state.writer.last, {
    seq: 7,
    at: BEGIN,
    path: [{ node: two, after: 1000 }, { node: three, after: 2000 }, { node: one, after: 3000 }],
  });
  const value = `writer seq 7 micros ${BEGIN} timestamp ${BEGIN / 1e6}`;
  assertEquals(t.feed, [{ kind: "write", at: BEGIN, who: "writer", seq: 7, value }]);
  assertEquals(t.board.writes, 1);
});

Deno.test("A node that holds a write without announcing it is not in the path", () => {
  const t = new BoardUnderTest();
  t.write(7, [NODES[0]]);
  const value = `writer seq 7 micros ${BEGIN} timestamp ${BEGIN / 1e6}`;
  t.show(value, "resync", NODES[1]);
  assertEquals(t.state.writer.last!.path.map(({ node }) => node), [NODES[0]]);
});

Deno.test("A node that is behind does not bring back an older write", () => {
  const t = new BoardUnderTest();
  const old = `writer seq 6 micros ${BEGIN - 1000} timestamp ${Math.floor((BEGIN - 1000) / 1e6)}`;
  t.write(7);
  t.show(old, "initial", NODES[2]);
  assertEquals(t.state.writer.last!.seq, 7);
});

Deno.test("A restarted writer is followed, and one from the far future is not", () => {
  const t = new BoardUnderTest();
  t.write(7);
  t.write(1);
  assertEquals(t.state.writer.last!.seq, 1);
  const at = BEGIN + 2 * 86_400_000_000;
  t.show(`writer seq 99 micros ${at} timestamp ${at / 1e6}`);
  assertEquals(t.state.writer.last!.seq, 1);
});

Deno.test("The older form and values that are no stamps are reported too", () => {
  const t = new BoardUnderTest();
  t.show(null, "initial");
  assertEquals(t.feed, []);
  for (const node of NODES) t.show("Python01 timestamp 5", "notification", node);
  assertEquals(t.feed, [
    { kind: "write", at: 5e6, who: "Python01", value: "Python01 timestamp 5" },
  ]);
  t.show(`<b>\n${"x".repeat(10_000_000)}`);
  t.show("");
  t.show("");
  t.show(null);
  const start = "warn shared_key";
  assertEquals(t.events, [
    `${start} holds no stamp: "<b>\\n${"x".repeat(75)}…"`,
    `${start} holds no stamp: ""`,
    `${start} holds no stamp: ""`,
    `${start} does not exist`,
  ]);
});

Deno.test("An answer shows what the listener did, and adds to its line and distributions", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll();
  const written = t.write(7);
  t.now += 2000;
  t.answerWrite(7, written, { changes: 5, conflated: 2, missed: 1 });
  const { last, changes, conflated, missed, difference, roundTrip, unanswered } = t.sync;
  const read = written + 3000;
  assertEquals(last, { phrase: "Hello", seq: 7, written, read, answered: written + 5000 });
  assertEquals([changes, conflated, missed, unanswered], [5, 2, 1, 0]);
  assertEquals([difference.count, difference.max], [1, 3001]); // to three digits
  assertEquals([roundTrip.count, roundTrip.max], [1, 5003]);
  const { feed, traces } = t.board.take();
  const [trace] = traces;
  assertEquals(trace.answers, [{ name: "sync", read, answered: written + 5000 }]);
  assertEquals(feed.slice(1), [
    { kind: "read", at: read, who: "sync", seq: 7, difference: 3000 },
    {
      kind: "handshake",
      at: written + 5000,
      who: "sync",
      seq: 7,
      phrase: "Hello",
      roundTrip: 5000,
    },
  ]);
  assertEquals(t.board.answers, 1);
  const nothing = { seconds: 0, count: 0, handled: 0, skipped: 0 };
  assertEquals([t.sync.minute, t.board.take().seconds], [nothing, {}]); // the second has not passed
  t.pass(1);
  assertEquals(t.sync.minute, { seconds: 1, count: 1, handled: 0, skipped: 0, p50: 3000 });
  assertEquals(t.board.take().seconds, { sync: [[BEGIN, 3000, 3000, 3000]] });
});

Deno.test("The verdict compares the last minute of both listeners", () => {
  const t = new BoardUnderTest();
  const answerAfter = (seq: number, late: number) => {
    const written = t.write(seq);
    t.now += 2000;
    t.answerWrite(seq, written, { changes: seq });
    t.now += late;
    t.answerWrite(seq, written, { changes: seq }, "async");
    t.pass(1);
  };
  for (let seq = 2; seq < 5; seq++) answerAfter(seq, 1000 * (seq % 2));
  assertEquals(t.state.verdict, undefined); // too little
  for (let seq = 5; seq < 20; seq++) answerAfter(seq, 1000 * (seq % 2));
  assertEquals(t.state.verdict?.verdict, "not distinguishable");
  for (let seq = 20; seq < 90; seq++) answerAfter(seq, 50_000);
  const { ratio, low, verdict } = t.state.verdict!;
  assertEquals([Math.round(ratio), verdict], [18, "slower"]);
  assert(low > 17, `${low}`);
  t.pass(61);
  assertEquals([t.state.verdict, t.sync.minute.count], [undefined, 0]);
});

Deno.test("A listener's load follows from its counts and the time that a change takes", () => {
  const t = new BoardUnderTest();
  for (let seq = 2; seq < 40; seq++) {
    const written = t.write(seq);
    t.now += 2000;
    t.answerWrite(seq, written, { changes: 10 * seq, conflated: 30 * seq });
    t.pass(0.1);
  }
  t.pass(0.9);
  const { atOnce, minute } = t.sync;
  const handled = 280 / 3; // a second, in the last three seconds
  assert(Math.abs(atOnce - handled * 0.002) < 0.01, `${atOnce} at once`); // 2 ms each
  assertEquals([minute.seconds, minute.handled, minute.skipped], [4, 370, 1110]);
  t.pass(10);
  assertEquals(t.sync.atOnce, 0);
});

Deno.test("The path of each of the last hundred writes is kept, as far as it is known", () => {
  const t = new BoardUnderTest();
  const first = t.write(1, [NODES[0]]);
  t.now += 2000;
  t.answerWrite(1, first);
  const [trace] = t.board.take().traces;
  assertEquals([trace.writer, trace.seq, trace.path.length], ["writer", 1, 1]);
  assertEquals(trace.answers.map(({ name }) => name), ["sync"]);
  for (let seq = 2; seq <= 150; seq++) t.write(seq);
  assertEquals(t.board.traces.map(({ seq }) => seq), Array.from({ length: 100 }, (_, i) => 51 + i));
  assertEquals(t.board.take().traces.length, 20); // people could not choose from more
  assertEquals(t.board.take().traces, []);
});

Deno.test("The values at a start may be of any age, and are in no distribution", () => {
  const t = new BoardUnderTest();
  const written = t.write(1);
  t.pass(60);
  t.answerWrite(1, written, { cause: "initial" });
  t.answerWrite(1, written, { changes: 1 });
  assertEquals([t.sync.difference.count, t.sync.last?.seq], [0, 1]);
  t.pass(1);
  assertEquals(t.board.take().seconds, {});
});

Deno.test("Missed values and restarts of a listener are reported", () => {
  const t = new BoardUnderTest();
  for (
    const [seq, counts] of [
      [1, { changes: 10, missed: 2 }],
      [2, { changes: 11, missed: 3 }],
      [3, { changes: 1, missed: 0, run: "b" }],
      [4, { changes: 2, missed: 4, run: "b" }],
    ] as const
  ) t.answerWrite(seq, t.write(seq), counts);
  assertEquals(t.events, [
    "warn sync missed a value",
    "info sync was restarted",
    "warn sync missed 4 values",
  ]);
  assertEquals([t.sync.changes, t.sync.missed], [2, 4]);
});

Deno.test("A listener without a connection is gone since its last sign of life", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync", "async");
  assertEquals([t.sync.presence.status, t.sync.presence.nodes], ["here", [NODES[0]]]);
  const written = t.write(1);
  t.answerWrite(1, written, {}, "async");
  t.answerWrite(1, written);
  const heard = t.now;
  t.pass(0.5);
  t.poll("async");
  assertEquals([t.sync.presence.status, t.sync.presence.nodes], ["here", []]);
  t.pass(2);
  const { status, since, reason } = t.sync.presence;
  assertEquals([status, since, reason], ["gone", heard, "not connected to any node"]);
  assertEquals(t.state.listeners[1].presence.status, "here");
  t.pass(1);
  t.poll("sync", "async");
  assertEquals([t.sync.presence.status, t.sync.presence.since], ["here", t.now]);
  assertEquals(t.events, [
    "warn sync is gone: not connected to any node",
    "info sync is back",
  ]);
});

Deno.test("A listener that moves from one node to another is here all the time", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync");
  t.see(NODES[0], { reason: "ECONNREFUSED" });
  t.answer(NODES[1], []);
  t.pass(1.5);
  t.answer(NODES[1], ["sync"]);
  t.pass(5);
  assertEquals([t.sync.presence.status, t.sync.presence.nodes], ["here", [NODES[1]]]);
});

Deno.test("A listener that does not answer is gone, although it is connected", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval("1");
  t.poll("sync", "async");
  t.answerWrite(1, t.write(1));
  const answered = t.now;
  for (const seq of [2, 3, 4, 5]) {
    t.pass(1);
    t.write(seq);
    t.poll("sync", "async");
  }
  assertEquals([t.sync.presence.status, t.sync.unanswered], ["gone", 4]);
  assertEquals([t.sync.presence.since, t.sync.presence.reason], [
    answered,
    "no answer to 4 writes",
  ]);
  t.answerWrite(4, t.now - 1_003_000);
  t.pass(0.1);
  assertEquals([t.sync.presence.status, t.sync.unanswered], ["here", 1]); // behind, but at work
});

Deno.test("An answer that comes before its write is known is an answer", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync");
  const { now } = t;
  t.answerWrite(1, now);
  t.write(1);
  t.pass(10);
  t.poll("sync");
  assertEquals([t.sync.presence.status, t.sync.unanswered], ["here", 0]);
});

Deno.test("An answer without an account counts by its number", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync");
  t.write(3);
  t.handshake(`Hello seq 3 micros ${t.now} timestamp ${Math.floor(t.now / 1e6)}`);
  t.pass(10);
  assertEquals([t.sync.presence.status, t.sync.unanswered], ["here", 0]);
  assertEquals(t.sync.last, { phrase: "Hello", seq: 3, answered: BEGIN + 3000 });
});

Deno.test("A listener is not gone if its answers cannot reach the board", () => {
  const t = new BoardUnderTest();
  t.poll("sync");
  t.write(1);
  t.pass(10);
  assertEquals(t.sync.presence.status, "here");
  t.observe();
  t.pass(2);
  assertEquals(t.sync.presence.status, "here");
  t.pass(2);
  assertEquals(t.sync.presence.status, "gone");
});

Deno.test("If no server lists connections, only a role's activity counts", () => {
  const t = new BoardUnderTest();
  t.observe();
  for (const node of NODES) t.answer(node);
  t.pass(10);
  assertEquals(t.sync.presence.status, "unknown");
  t.answerWrite(1, t.write(1));
  t.pass(10);
  assertEquals([t.sync.presence.status, t.state.writer.presence.status], ["here", "here"]);
  t.write(2);
  t.pass(4);
  assertEquals(t.sync.presence.status, "gone");
});

Deno.test("A listener whose name no server can list is judged by its answers", () => {
  const t = new BoardUnderTest({ listeners: ["é👋"] });
  t.observe();
  t.poll("writer");
  t.pass(10);
  assertEquals(t.sync.presence.status, "unknown");
  t.answerWrite(1, t.write(1), {}, "é👋");
  t.pass(10);
  assertEquals(t.sync.presence.status, "here");
});

Deno.test("A writer is gone when it is silent for longer than its interval", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval("5");
  t.poll("writer");
  const heard = t.write(1) + 1000;
  t.pass(7.9);
  t.poll("writer");
  assertEquals(t.state.writer.presence.status, "here");
  t.pass(0.2);
  const { status, since, reason } = t.state.writer.presence;
  assertEquals([status, since], ["gone", heard]);
  assertEquals(reason, "no write for more than its interval of 5 s");
  t.write(2);
  t.pass(0.1);
  assertEquals(t.state.writer.presence.status, "here");
  assertEquals(t.events.length, 2);
});

Deno.test("A writer is not late at once when its interval becomes shorter", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval("3600");
  t.poll("writer");
  t.write(1);
  t.pass(100);
  t.setInterval("1", "notification");
  t.pass(3.9);
  assertEquals(t.state.writer.presence.status, "here");
  t.pass(0.2);
  assertEquals(t.state.writer.presence.status, "gone");
});

Deno.test("While no node is up, all roles are unknown, and nothing is reported about them", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval("1");
  t.poll("writer", "sync", "async");
  t.write(1);
  t.pass(0.1);
  for (const node of NODES) t.see(node, { reason: "ECONNREFUSED" });
  const lost = t.now + 100_000;
  const statuses = () => [t.sync.presence.status, t.state.writer.presence.status];
  t.pass(60);
  assertEquals(statuses(), ["unknown", "unknown"]);
  const nowhere = { nodes: [], observed: [] };
  const unknown = {
    status: "unknown",
    since: lost,
    reason: "no node answers",
    ...nowhere,
  } as const;
  assertEquals([t.sync.presence, t.state.writer.presence], [unknown, unknown]);
  t.answer(NODES[0], []);
  t.pass(1);
  assertEquals(statuses(), ["unknown", "unknown"]);
  assertEquals(t.events.filter((event) => !event.includes("keydb")), []);
  t.pass(4);
  assertEquals(statuses(), ["gone", "gone"]);
  t.answerWrite(2, t.write(2));
  t.poll("writer", "sync");
  assertEquals(statuses(), ["here", "here"]);
  assertEquals(t.sync.presence.since, t.now);
});

Deno.test("A listener that was never there is not seen yet, without a time", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("writer");
  assertEquals(t.state.writer.presence.status, "unseen"); // it has not written, on any node
  t.pass(3);
  assertEquals(t.sync.presence, { status: "unseen", nodes: [], observed: [] });
  t.poll("writer", "sync");
  assertEquals([t.sync.presence.status, t.sync.presence.since], ["here", t.now]);
  assertEquals(t.events, ["info sync is here"]);
});

Deno.test("A listener that moves to another node is there since it arrived", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync");
  t.pass(10);
  t.see(NODES[0], { reason: "ECONNREFUSED" });
  t.answer(NODES[1], []);
  t.pass(1);
  t.answer(NODES[1], ["sync"]);
  t.board.judge();
  assertEquals([t.sync.presence.nodes, t.sync.presence.since], [[NODES[1]], t.now]);
  const { now } = t;
  t.pass(10);
  assertEquals(t.sync.presence.since, now);
});

Deno.test("A node that could not be queried is unknown, and so is everything that only it could report", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.answer(NODES[0], ["sync"], "role:slave\nmaster_host:x\nmaster_port:1\nmaster_link_status:up");
  const asked = t.now;
  t.stopAsking();
  t.pass(5.9);
  assertEquals([t.state.nodes[0].status, t.sync.presence.status], ["up", "here"]);
  t.pass(0.1);
  const [{ status, since }] = t.state.nodes;
  assertEquals([status, since], ["unknown", asked]);
  assertEquals([t.state.links[0].status, t.sync.presence.status], ["unknown", "unknown"]);
});

Deno.test("Values are current as long as the status of their observation says so", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval("5");
  t.poll("writer");
  const written = t.write(1);
  t.answerWrite(1, written, {}, "async"); // no node lists it
  t.poll("writer");
  t.pass(3);
  t.answerWrite(1, written, {}, "async");
  t.board.judge();
  const [, async] = t.state.listeners;
  assertEquals([async.presence.status, async.hearing], ["here", { since: BEGIN }]);
  const reason = "no answer within 3 s";
  t.board.hearKey("handshake_key:async", { state: "unreadable", key: "k", reason }, NODES[0]);
  t.board.hearKey("handshake_key:async", { state: "readable", key: "k" }, NODES[0]);
  t.board.judge();
  const { listeners, observation, interval } = t.state;
  assertEquals(listeners.map(({ hearing }) => hearing), [{ since: BEGIN }, {
    reason,
    since: t.now,
  }]);
  assertEquals(observation, { state: "interrupted", reason, since: t.now });
  assertEquals(listeners[1].presence.status, "unknown");
  assertEquals(interval, { seconds: 5 });
  t.interrupt("connection closed");
  assertEquals(t.state.interval, {});
  for (const node of NODES) t.board.hearWrites(node, { state: "interrupted", reason });
  assertEquals(t.state.writer.hearing, { reason, since: t.now });
  t.pass(60);
  assertEquals(t.state.writer.presence.status, "here"); // a node lists it; the dashboard does not receive its writes
  t.observe();
  assertEquals(t.state.interval, { seconds: 5 });
  assertEquals(t.state.writer.hearing, { since: t.now });
  t.pass(9);
  assertEquals(t.state.writer.presence.status, "gone");
});

Deno.test("A node that goes and comes back is reported, with time and reason", () => {
  const t = new BoardUnderTest();
  t.poll();
  t.pass(5);
  t.see(NODES[1], { reason: "ECONNREFUSED" });
  const gone = t.now;
  t.pass(5);
  t.see(NODES[1], { reason: "no answer" });
  assertEquals(t.state.nodes[1], {
    name: NODES[1],
    role: "active-replica",
    status: "down",
    since: gone,
    reason: "no answer",
    hearing: { reason: "not received yet" },
  });
  t.answer(NODES[1], [], "role:active-replica\nloading:1");
  assertEquals([t.state.nodes[1].status, t.state.nodes[1].since], ["loading", t.now]);
  t.answer(NODES[1], []);
  assertEquals(t.events, [
    `warn ${NODES[1]} is gone: ECONNREFUSED`,
    `warn ${NODES[1]} is loading its data`,
    `info ${NODES[1]} is back`,
  ]);
});

Deno.test("Links are up, down, syncing, or unknown if the replica is gone", () => {
  const t = new BoardUnderTest();
  const info = (status: string) =>
    `role:slave\nmaster_host:keydb_01\nmaster_port:6379\n${status}\nmaster_1_host:x\nmaster_1_port:1`;
  const link = () => t.state.links.map(({ from, to, status }) => [from, to, status])[0];
  t.answer(NODES[1], [], info("master_link_status:up"));
  assertEquals(link(), [NODES[0], NODES[1], "up"]);
  t.pass(5);
  t.answer(NODES[1], [], info("master_link_status:down\nmaster_link_down_since_seconds:2"));
  assertEquals([link()[2], t.state.links[0].since], ["down", t.now - 2e6]);
  t.answer(NODES[1], [], info("master_link_status:down\nmaster_sync_in_progress:1"));
  assertEquals(link()[2], "syncing");
  t.see(NODES[1], { reason: "no answer" });
  assertEquals(link()[2], "unknown");
  t.answer(NODES[1], [], info("master_link_status:up"));
  assertEquals([link()[2], t.state.links[1].status], ["up", "down"]);
  t.answer(NODES[1], [], "role:master");
  assertEquals(t.state.links, []);
  assertEquals(t.events, [
    `warn ${NODES[1]} replication from x:1 is down`,
    `warn ${NODES[1]} replication from ${NODES[0]} is down`,
    `warn ${NODES[1]} replication from ${NODES[0]} is syncing`,
    `warn ${NODES[1]} is gone: no answer`,
    `info ${NODES[1]} is back`,
    `warn ${NODES[1]} replication from x:1 is down`,
  ]);
});

Deno.test("Changes of the interval are reported, and invalid values", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval(null);
  assertEquals(t.state.interval, {});
  t.setInterval("10");
  assertEquals(t.state.interval, { seconds: 10 });
  t.setInterval("0.5", "notification");
  t.setInterval("soon", "notification");
  const problem = 'update_interval must be a number of seconds from 0.001 to 86400: got "soon"';
  assertEquals(t.state.interval, { problem });
  assertEquals(t.events, [
    "info update_interval is 0.5 s from now on",
    `warn ${problem}`,
  ]);
});

Deno.test("An interrupted observation is reported, and its end", () => {
  const t = new BoardUnderTest();
  t.observe();
  assertEquals(t.events, []);
  t.interrupt("no answer");
  t.observe();
  assertEquals(t.events, [
    "warn dashboard does not get all handshakes: no answer",
    `info dashboard gets all handshakes again, from ${NODES[0]}`,
  ]);
});

Deno.test("Entries that are left out are counted, and events are kept", () => {
  const t = new BoardUnderTest();
  t.handshake("what?");
  for (let seq = 1; seq <= 1000; seq++) t.write(seq);
  const { feed, skipped } = t.board.take();
  assertEquals([feed.length, skipped], [20, 981]);
  assertEquals(feed[0].kind, "event");
  const last = feed.at(-1)!;
  assertEquals(last.kind === "write" && last.seq, 1000);
});

Deno.test("The board accepts everything that servers send, and shows short and clean texts", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 1000 }),
    fc.constantFrom("x".repeat(100_000), "__proto__", "\u202e<script>"),
  );
  const number = fc.oneof(fc.nat(), fc.maxSafeNat(), fc.constant(BEGIN));
  const handshake = fc.tuple(text, fc.array(number, { minLength: 6, maxLength: 6 }), number)
    .map(([phrase, [seq, written, read, changes, conflated, missed], micros]) =>
      `${phrase} seq ${seq} micros ${micros} written ${written} read ${read} changes ${changes} ` +
      `conflated ${conflated} missed ${missed} timestamp ${Math.floor(micros / 1e6)}`
    );
  const stamp = fc.tuple(fc.constantFrom("w", "__proto__", "x".repeat(64)), number, number).map((
    [writer, seq, micros],
  ) => `${writer} seq ${seq} micros ${micros} timestamp ${Math.floor(micros / 1e6)}`);
  const fact = fc.record({
    value: fc.oneof(text, handshake, stamp),
    to: fc.constantFrom("key", "handshake", "interval", "node", "reason"),
    problem: fc.option(text, { nil: undefined }),
    cause: fc.constantFrom("initial", "notification", "resync", "reconcile"),
  });
  fc.assert(fc.property(fc.array(fact), (facts) => {
    const t = new BoardUnderTest({ listeners: ["__proto__", "b"] });
    for (const { value, to, problem, cause } of facts) {
      const change = changeTo("k", problem === undefined ? value : null, t.now, cause);
      const read = problem === undefined ? change : { ...change, problem };
      if (to === "key") t.board.seeWrite(NODES[0], read);
      if (to === "handshake") t.board.seeHandshake("__proto__", read);
      if (to === "interval") t.board.seeInterval(read);
      if (to === "node") t.answer(NODES[1], [value], `role:${value}\nmaster_host:${value}`);
      if (to === "reason") t.see(NODES[0], { reason: "short" });
      t.pass(0.5);
    }
    const shown = JSON.stringify([t.board.take(), t.state]);
    assert(shown.length < 40_000, `${shown.length}`);
    assert(/^[^\p{C}\p{Zl}\p{Zp}]*$/u.test(shown), shown);
    assert(!shown.includes("null"), shown);
  }));
});

Deno.test("A listener that hangs is also noticed after its writer's clock was set back", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("writer", "sync");
  t.answerWrite(1, t.write(1));
  t.now -= 600e6;
  for (let seq = 2; seq < 8; seq++) {
    t.write(seq);
    t.pass(1);
    t.poll("writer", "sync");
  }
  const { presence, unanswered } = t.sync;
  assertEquals([presence.status, unanswered], ["gone", 6]);
  t.answerWrite(8, t.write(8));
  t.pass(0.1);
  assertEquals([t.sync.presence.status, t.sync.unanswered], ["here", 0]);
});

Deno.test("A role that is active on a node that does not list clients is not gone", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("writer", "sync");
  for (let seq = 1; seq < 10; seq++) {
    t.poll("writer"); // sync is on a node that does not list its clients
    t.answerWrite(seq, t.write(seq));
    t.pass(5);
    if (seq > 1) assertEquals(t.sync.presence.status, "here");
  }
  const news = t.events.filter((event) => event.includes("sync is"));
  assertEquals(news, ["warn sync is gone: not connected to any node", "info sync is back"]);
});

Deno.test("A role is gone, also if its last sign of life comes late", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("writer", "sync");
  t.answerWrite(1, t.write(1));
  const written = t.write(2);
  t.poll("writer");
  t.answerWrite(2, written); // it had answered just before it died
  t.pass(2.2);
  t.poll("writer");
  assertEquals(t.sync.presence.reason, "not connected to any node");
});

Deno.test("Two writers are followed separately", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("one", "two");
  for (const [seq, writer] of [[1000, "one"], [1, "two"], [1001, "one"], [2, "two"]] as const) {
    const written = t.write(seq, NODES, writer);
    assertEquals(t.sync.unanswered, 1);
    t.answerWrite(seq, written);
    t.poll("one", "two");
    const { name, presence, last } = t.state.writer;
    assertEquals([name, presence.status, last!.seq], [writer, "here", seq]);
  }
  t.show("Python01 timestamp 5");
  assertEquals([t.state.writer.name, t.state.writer.last], ["Python01", undefined]);
});

Deno.test("No role is gone only because time jumps: the clock is set, or the machine sleeps", () => {
  for (const jump of [3600e6, -3600e6]) {
    const t = new BoardUnderTest();
    t.observe();
    t.setInterval("5");
    t.poll("writer", "sync");
    t.answerWrite(1, t.write(1));
    t.write(2);
    t.pass(1);
    t.now += jump;
    t.pass(2);
    t.poll("writer", "sync");
    assertEquals([t.state.writer.presence.status, t.sync.presence.status], ["here", "here"]);
    t.pass(6.5);
    t.poll("writer", "sync");
    assertEquals([t.state.writer.presence.status, t.sync.presence.status], ["gone", "gone"]);
  }
});

Deno.test("A role that is gone comes back by a sign of life, and by nothing else", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.setInterval("1");
  t.poll("writer", "sync");
  t.answerWrite(1, t.write(1));
  t.write(2);
  const statuses = () => [t.state.writer.presence.status, t.sync.presence.status];
  t.pass(5);
  assertEquals(statuses(), ["gone", "gone"]);
  t.setInterval("60", "notification");
  t.pass(1);
  t.now -= 3600e6;
  t.pass(1);
  t.interrupt("no answer");
  t.pass(1);
  t.observe();
  t.pass(1);
  assertEquals(statuses(), ["gone", "gone"]);
  t.answerWrite(3, t.write(3));
  t.pass(0.1);
  assertEquals(statuses(), ["here", "here"]);
});

Deno.test("A role is back when its server lists it again after an outage", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync");
  t.poll();
  t.pass(3);
  assertEquals(t.sync.presence.status, "gone");
  for (const node of NODES) t.see(node, { reason: "ECONNREFUSED" });
  t.pass(1);
  t.poll("sync");
  assertEquals(t.sync.presence.status, "here");
});

Deno.test("A restarted listener that counts further than before is still one listener", () => {
  const t = new BoardUnderTest();
  t.observe();
  const runs = { a: [5, 6], b: [1, 2, 9, 10], c: [1, 2, 3] };
  let seq = 0;
  for (const [run, counts] of Object.entries(runs)) {
    for (const changes of counts) t.answerWrite(++seq, t.write(seq), { changes, run });
  }
  assertEquals(t.events, ["info sync was restarted", "info sync was restarted"]);
});

Deno.test("A clock that steps, or a machine that slept, makes no role silent", () => {
  for (const seconds of [3600, -3600]) {
    const t = new BoardUnderTest();
    t.observe();
    t.setInterval("5");
    t.poll("writer", "sync", "async");
    t.answerWrite(1, t.write(1), {}, "async");
    t.poll("writer", "sync");
    const statuses = () =>
      [t.state.writer, ...t.state.listeners].map(({ presence }) => presence.status);
    t.pass(0.5);
    t.now += seconds * 1e6;
    t.pass(1.9);
    assertEquals(statuses(), ["here", "here", "here"]);
    t.pass(0.3);
    assertEquals(statuses(), ["here", "here", "gone"]); // on no node for two seconds
    t.pass(1);
    assertEquals(statuses(), ["here", "gone", "gone"]); // no answer for three seconds
    t.pass(5);
    assertEquals(statuses(), ["gone", "gone", "gone"]);
    const gone = [t.state.writer, ...t.state.listeners];
    assert(gone.every(({ presence }) => presence.since! <= t.now));
  }
});

Deno.test("A role on no node when all nodes fail has time to reconnect", () => {
  const t = new BoardUnderTest();
  t.observe();
  t.poll("sync");
  t.poll(); // its node has gone, and it looks for another one
  t.pass(1);
  for (const node of NODES) t.see(node, { reason: "ECONNREFUSED" });
  t.pass(60);
  t.poll();
  t.pass(1);
  assertEquals(t.sync.presence.status, "unknown");
  t.pass(1.5);
  assertEquals(t.sync.presence.status, "gone");
});

Deno.test("Two listeners with one name are reported once, and nothing false about either", () => {
  const t = new BoardUnderTest();
  for (let seq = 1; seq <= 50; seq++) {
    const written = t.write(seq);
    t.answerWrite(seq, written, { changes: seq + 1000, missed: 7 });
    if (seq > 10) t.answerWrite(seq, written, { changes: seq - 10, missed: 0, run: "b" });
  }
  assertEquals(t.events, [
    "info sync was restarted", // the second one looks like a restart
    "warn sync is the name of more than one listener: give each a ROLE_NAME of its own",
  ]);
  t.answerWrite(51, t.write(51), { changes: 1051, missed: 9 });
  assertEquals(t.events, ["warn sync missed 2 values"]);
});

Deno.test("An answer that a later one has overtaken is not a restart", () => {
  const t = new BoardUnderTest();
  for (let seq = 1; seq <= 50; seq += 2) {
    const [one, other] = [t.write(seq), t.write(seq + 1)];
    t.answerWrite(seq + 1, other, { changes: seq + 1 });
    t.answerWrite(seq, one, { changes: seq });
  }
  assertEquals(t.events, []);
  assertEquals(t.sync.changes, 50);
});
