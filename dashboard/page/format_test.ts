import { assertEquals, assertMatch } from "@std/assert";
import {
  formatAge,
  formatAlike,
  formatCount,
  formatDuration,
  formatMoment,
  formatSince,
  formatTime,
  showName,
  showText,
} from "./format.js";

const SECOND = 1e6;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

Deno.test("formatDuration() chooses the unit after rounding", () => {
  const durations = [0, 0.4, 412, 999.4, 999.7, 1234, 12_345, 999_600, 83 * SECOND, -2300];
  assertEquals(durations.map(formatDuration), [
    "0 µs",
    "0.4 µs",
    "412 µs",
    "999 µs",
    "1 ms",
    "1.23 ms",
    "12.3 ms",
    "1 s",
    "83 s",
    "−2.3 ms",
  ]);
  assertEquals(formatDuration(undefined), "–");
});

Deno.test("formatAlike() gives durations that are compared one unit, unless they are too different", () => {
  assertEquals(formatAlike([4840, 935]), ["4.84 ms", "0.935 ms"]);
  assertEquals(formatAlike([12, undefined]), ["12 µs", "–"]);
  assertEquals(formatAlike([412, 1.2e6]), ["412 µs", "1.2 s"]);
  assertEquals(formatAlike([undefined, undefined]), ["–", "–"]);
  assertEquals(formatAlike([-300, 2000]), ["−0.3 ms", "2 ms"]);
});

Deno.test("formatAge() uses the units of everyday speech, and returns 0 for the future", () => {
  const ages = [-5, 0.44 * SECOND, 9.99 * SECOND, 10 * SECOND, 59.9 * SECOND, 200 * SECOND];
  assertEquals(ages.map(formatAge), ["0.0 s", "0.4 s", "9.9 s", "10 s", "59 s", "3 min 20 s"]);
  assertEquals(formatAge(2 * HOUR + 5 * MINUTE), "2 h 5 min");
  assertEquals(formatAge(76 * HOUR), "3 d 4 h");
});

Deno.test("moments are in local time, with the date if it is another day", () => {
  const noon = new Date(2026, 10, 24, 12, 3, 5, 67).getTime() * 1000;
  assertEquals(formatMoment(noon + 999), "12:03:05.067");
  assertEquals(formatTime(noon), "12:03:05");
  assertEquals(formatSince(noon, noon + 14 * SECOND), "since 12:03:05 (14 s)");
  assertEquals(
    formatSince(noon, noon + 24 * HOUR),
    "since 2026-11-24 12:03:05 (1 d 0 h)",
  );
});

Deno.test("formatCount() separates thousands", () => {
  assertEquals([0, 999, 1234567].map(formatCount), ["0", "999", "1,234,567"]);
});

Deno.test("showText() escapes hidden characters, and cuts long texts", () => {
  assertEquals(showText("<b>plain</b>"), "<b>plain</b>");
  assertEquals(showText("a\n\u202eb\0"), "a\\u{a}\\u{202e}b\\u{0}");
  assertEquals(showText("😀".repeat(300), 3), "😀😀…");
  assertEquals(Array.from(showText("x".repeat(1e6))).length, 200);
  assertMatch(showText("😀".repeat(1e5)), /^😀{199}…$/u);
});

Deno.test("showName() keeps a name's beginning and its port", () => {
  assertEquals(showName("keydb_01:6379", 18), "keydb_01:6379");
  assertEquals(showName("keydb-0.keydb.default.svc:6379", 18), "keydb-0.key…c:6379");
});
