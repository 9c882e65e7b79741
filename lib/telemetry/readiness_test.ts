import { assert, assertEquals } from "@std/assert";
import { AccessError } from "../connect/access_error.ts";
import { nowMicros } from "../clock.ts";
import type { ServerStatus } from "../connect/connection.ts";
import type { ObservationStatus } from "../observe/observe.ts";
import { ReadinessWatch } from "./readiness.ts";

const server = "keydb_01:6379";
const channel = "__keyevent@0__:set";

/** A watch that has received these statuses. */
function watch(...statuses: (ServerStatus | ObservationStatus)[]): ReadinessWatch {
  const watch = new ReadinessWatch();
  for (const status of statuses) tell(watch, status);
  return watch;
}

function tell(watch: ReadinessWatch, status: ServerStatus | ObservationStatus): void {
  if ("key" in status) watch.followObservation(status);
  else watch.followConnection({ server, ...status });
}

function reasonOf({ readiness }: ReadinessWatch): string | undefined {
  return readiness.ready ? undefined : readiness.reason;
}

function subscribed(key = "k"): ObservationStatus {
  return { state: "subscribed", key, channel };
}

function interrupted(key = "k"): ObservationStatus {
  return { state: "interrupted", key, channel, reason: "connection closed" };
}

const CONNECTED = { state: "connected" } as const;
const LOST = { state: "lost", reason: "no answer within 3 s" } as const;
const UNREACHABLE = { state: "unreachable", reason: "ECONNREFUSED" } as const;

Deno.test("ReadinessWatch is ready if the role is connected and subscribed", () => {
  assertEquals(reasonOf(watch()), "not connected to a server yet");
  assertEquals(reasonOf(watch(CONNECTED)), "not subscribed yet");
  assertEquals(reasonOf(watch(CONNECTED, subscribed())), undefined);
});

Deno.test("ReadinessWatch reports why there is no connection", () => {
  const lost = watch(CONNECTED, subscribed(), LOST);
  const sentence = `not connected to the server at ${server}`;
  assertEquals(reasonOf(lost), `${sentence} (no answer within 3 s)`);
  tell(lost, { state: "reconnecting", inMs: 100 });
  tell(lost, UNREACHABLE);
  assertEquals(reasonOf(lost), `${sentence} (ECONNREFUSED)`);
  for (const state of ["failed-over", "failed-back"] as const) {
    tell(lost, { state, from: "keydb_02:6379" });
    assertEquals(reasonOf(lost), undefined);
    tell(lost, LOST);
  }
  assertEquals(lost.connected, false);
  assertEquals(lost.subscribed, true);
});

Deno.test("ReadinessWatch reports a refusal only if no other server is connected", () => {
  const error = new AccessError("refused the password", undefined);
  const refused = { state: "refused", error, final: false } as const;
  assertEquals(reasonOf(watch(refused)), "refused the password");
  assertEquals(reasonOf(watch(CONNECTED, subscribed(), refused)), undefined);
});

Deno.test("ReadinessWatch is ready only if all observations are subscribed and readable", () => {
  const role = watch(CONNECTED, subscribed("k"), subscribed("l"), interrupted("k"));
  const reason = `not subscribed to ${channel} (connection closed)`;
  assertEquals(reasonOf(role), reason);
  tell(role, subscribed("l"));
  assertEquals(reasonOf(role), reason);
  assertEquals(role.subscribed, false);
  tell(role, subscribed("k"));
  assertEquals(reasonOf(role), undefined);
  tell(role, { state: "unreadable", key: "l", reason: "it is still loading its data: LOADING" });
  assertEquals(reasonOf(role), "cannot read l (it is still loading its data: LOADING)");
  assertEquals(role.subscribed, true);
  tell(role, { state: "readable", key: "l" });
  tell(role, { state: "stale", key: "l", value: "v" });
  tell(role, { state: "duplicate-source", key: "l", source: "w" });
  assertEquals(reasonOf(role), undefined);
});

Deno.test("ReadinessWatch reports since when, even if the reason changes", () => {
  const before = nowMicros();
  const role = watch(CONNECTED, subscribed(), LOST);
  const { readiness } = role;
  assert(!readiness.ready);
  assert(readiness.since >= before && readiness.since <= nowMicros());
  while (nowMicros() <= readiness.since); // waits for the clock to tick
  tell(role, UNREACHABLE);
  assertEquals((role.readiness as typeof readiness).since, readiness.since);
});

Deno.test("ReadinessWatch counts reconnects and failovers", () => {
  const counts = ({ reconnects, failovers }: ReadinessWatch) => [reconnects, failovers];
  const over = { state: "failed-over", from: "keydb_02:6379" } as const;
  const back = { state: "failed-back", from: "keydb_02:6379" } as const;
  assertEquals(counts(watch(UNREACHABLE, CONNECTED)), [0, 0]);
  assertEquals(counts(watch(UNREACHABLE, over)), [0, 1]);
  assertEquals(counts(watch(CONNECTED, LOST, UNREACHABLE, over, back)), [1, 1]);
  assertEquals(counts(watch(CONNECTED, LOST, CONNECTED, LOST, CONNECTED)), [2, 0]);
});
