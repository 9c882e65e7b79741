import { assertEquals } from "@std/assert";
import type { ConnectionStatus } from "../connect/connection.ts";
import type { ObservationStatus } from "../observe/observe.ts";
import { connectionLogger, observationLogger } from "./status_log.ts";

/** A log that records the lines above the level `debug`. */
function recordingLog() {
  const lines: string[] = [];
  const note = (message: string) => void lines.push(message);
  return { lines, log: { debug() {}, info: note, warn: note, error: note } };
}

Deno.test("connectionLogger() logs once why a server cannot be reached", () => {
  const { lines, log } = recordingLog();
  const logStatus = connectionLogger(log);
  const fail = (reason: string): ConnectionStatus[] => [
    { server: "a:1", state: "unreachable", reason },
    { server: "a:1", state: "reconnecting", inMs: 100 },
  ];
  for (
    const status of [
      ...fail("full"),
      ...fail("full"),
      ...fail("full"),
      ...fail("gone"),
      ...fail("gone"),
      { server: "a:1", state: "connected" } as const,
      { server: "a:1", state: "lost", reason: "closed" } as const,
      { server: "a:1", state: "reconnecting", inMs: 0 } as const,
      ...fail("gone"),
    ]
  ) logStatus(status);
  const again = "Trying the server at a:1 in 0.1 s";
  assertEquals(lines, [
    "Cannot reach the server at a:1 (full)",
    again,
    "Cannot reach the server at a:1 (gone)",
    again,
    "Connected to the server at a:1",
    "Lost the connection to the server at a:1 (closed)",
    "Trying the server at a:1 in 0 s",
    "Cannot reach the server at a:1 (gone)",
    again,
  ]);
});

Deno.test("observationLogger() logs once why a key is not subscribed to", () => {
  const { lines, log } = recordingLog();
  const logStatus = observationLogger(log);
  const about = { key: "k", channel: "c" };
  const interrupted: ObservationStatus = { ...about, state: "interrupted", reason: "gone" };
  const subscribed: ObservationStatus = { ...about, state: "subscribed" };
  for (const status of [interrupted, interrupted, subscribed, interrupted]) logStatus(status);
  const warning = "Not subscribed to c (gone); trying again";
  assertEquals(lines, [warning, "Subscribed to c", warning]);
});
