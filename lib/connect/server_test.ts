import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { parseServerUrl, redactUrl } from "./server.ts";

Deno.test("parseServerUrl() knows the defaults", () => {
  assertEquals(parseServerUrl("redis://keydb_01"), {
    host: "keydb_01",
    port: 6379,
    db: 0,
  });
});

Deno.test("parseServerUrl() reads every part of a URL", () => {
  assertEquals(parseServerUrl("rediss://bob:p%40ss%2F@[::1]:7000/15"), {
    host: "::1",
    port: 7000,
    username: "bob",
    password: "p@ss/",
    db: 15,
    tls: {},
  });
});

Deno.test("parseServerUrl() reads back every password that is percent-encoded", () => {
  fc.assert(fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (password) => {
    const url = `redis://:${encodeURIComponent(password)}@host`;
    assertEquals(parseServerUrl(url)?.password, password);
  }));
});

for (
  const text of [
    "",
    "keydb_01",
    "keydb_01:6379",
    "http://keydb_01",
    "redis://",
    "redis://:6379",
    "redis://host:0",
    "redis://host:99999",
    "redis://host:port",
    "redis://host/one",
    "redis://host/-1",
    "redis://host/0/1",
    "redis://host?db=1",
    "redis://host#1",
    "redis://:%zz@host",
  ]
) {
  Deno.test(`parseServerUrl() refuses '${text}'`, () =>
    assertEquals(parseServerUrl(text), undefined));
}

Deno.test("redactUrl() leaves no password, however broken the URL is", () => {
  const frame = fc.constantFrom("redis://", "rediss://bob:", "redis://bob:x@", "http://", "");
  fc.assert(fc.property(frame, fc.string({ unit: "binary" }), (start, noise) => {
    const text = redactUrl(`${start}SECRET${noise}@host:1`);
    assertEquals(text.includes("SECRET"), false);
    assertEquals(text.endsWith("***@host:1"), true);
  }));
});

for (
  const [text, shown] of [
    ["redis://bob:SECRET", "redis://bob:***"],
    ["redis://:SECRET", "redis://:***"],
    ["redis://:SECRET%40host:1", "redis://***@host:1"],
    ["bob:SECRET", "bob:***"],
    ["redis://[::1]:SECRET", "redis://[::1]:***"],
    ["redis://bob:SEC/RET@", "redis://***@"],
    ["redis://host:1/0?password=SECRET", "redis://host:1/0?***"],
  ]
) {
  Deno.test(`redactUrl() shows '${text}' as '${shown}'`, () =>
    assertEquals(redactUrl(text), shown));
}

for (
  const text of ["http://host:1", "keydb_01:6379/x", "redis://[::1]:1/x", "redis://a:1, b:2/x"]
) {
  Deno.test(`redactUrl() leaves '${text}' as it is`, () => assertEquals(redactUrl(text), text));
}
