/** The application over HTTP, on a real port. */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { EventStream } from "../../tests/event_stream.ts";
import { until, within } from "../../cluster/waiting.ts";
import { ServedApp } from "./_served_app.ts";
import { UnavailableError } from "./app.ts";
import { PAGE_FILES } from "./page_files.ts";

Deno.test("Every file of the page is served", async () => {
  const files = await Array.fromAsync(Deno.readDir(`${import.meta.dirname}/../page`));
  const paths = files.filter(({ name }) => !name.endsWith(".ts")) // tests are beside them
    .map(({ name }) => name === "index.html" ? "/" : `/${name}`);
  assertEquals([...PAGE_FILES.keys()].sort(), [...paths, "/uplot.css", "/uplot.js"].sort());
});

Deno.test("The page's files are served, and not sent again unless they change", async () => {
  await using app = new ServedApp();
  for (const [path, { type, text }] of PAGE_FILES) {
    const response = await fetch(app.url + path);
    assertEquals([response.status, response.headers.get("content-type")], [200, type]);
    assertEquals(response.headers.get("cache-control"), "no-cache");
    assertEquals(await response.text(), text);
    const headers = { "if-none-match": response.headers.get("etag")! };
    const head = await fetch(app.url + path, { method: "HEAD" });
    const { length } = new TextEncoder().encode(text);
    assertEquals([head.headers.get("content-length"), await head.text()], [`${length}`, ""]);
    const again = await fetch(app.url + path, { headers });
    assertEquals([again.status, await again.text()], [304, ""]);
  }
});

Deno.test("Methods that a path does not allow are refused, with those that it allows", async () => {
  await using app = new ServedApp();
  for (
    const [path, method, allowed] of [
      ["/", "POST", "GET, HEAD"],
      ["/style.css", "DELETE", "GET, HEAD"],
      ["/events", "POST", "GET"],
      ["/events", "HEAD", "GET"],
      ["/interval", "GET", "PUT"],
      ["/interval", "HEAD", "PUT"],
      ["/interval", "POST", "PUT"],
    ]
  ) {
    const response = await fetch(app.url + path, { method });
    await response.body?.cancel();
    assertEquals([response.status, response.headers.get("allow")], [405, allowed], path);
  }
  const nowhere = await fetch(`${app.url}/nothing`, { method: "POST" });
  await nowhere.body?.cancel();
  assertEquals(nowhere.status, 404);
});

Deno.test("Headers stop proxies from buffering or changing events", async () => {
  await using app = new ServedApp();
  const { headers, body } = await fetch(`${app.url}/events`);
  await body?.cancel();
  assertEquals(headers.get("x-accel-buffering"), "no");
  assertEquals(headers.get("cache-control"), "no-store, no-transform");
});

Deno.test("Every answer forbids foreign markup, scripts and frames", async () => {
  await using app = new ServedApp();
  const paths = [...PAGE_FILES.keys(), "/events", "/nothing", "/..%2fdeno.json", "/interval"];
  for (const path of paths) {
    const response = await fetch(app.url + path);
    await response.body?.cancel();
    const policy = response.headers.get("content-security-policy") ?? "";
    assertMatch(policy, /^default-src 'none'; script-src 'self'; style-src 'self'; /, path);
    for (const part of ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]) {
      assert(policy.includes(part), path);
    }
    assert(!policy.includes("unsafe"), path);
    for (
      const [name, value] of [
        ["x-content-type-options", "nosniff"],
        ["referrer-policy", "no-referrer"],
        ["cross-origin-opener-policy", "same-origin"],
        ["cross-origin-resource-policy", "same-origin"],
      ]
    ) assertEquals(response.headers.get(name), value, path);
    assertEquals(response.headers.get("access-control-allow-origin"), null, path);
  }
});

Deno.test("The page loads only its own files, and has no inline scripts or styles", async () => {
  await using app = new ServedApp();
  const index = await (await fetch(app.url)).text();
  assertEquals(/<script(?![^>]* src=)|<style|\son\w+=|\sstyle=|https?:/.exec(index), null);
});

Deno.test("Another interval is set as a number, without the blanks around it", async () => {
  await using app = new ServedApp();
  assertEquals(await app.put('{"seconds": " 0.50\\n"}'), [204, ""]);
  assertEquals(app.intervals, [0.5]);
});

Deno.test("An invalid interval is refused with the writer's error text", async () => {
  await using app = new ServedApp();
  const rule = "update_interval must be a number of seconds from 0.001 to 86400: got";
  for (
    const [typed, shown] of [
      ["soon", "soon"],
      ["", ""],
      ["0", "0"],
      ["86401", "86401"],
      ["1e3", "1e3"],
      ["<b>\n", "<b>\\n"],
      ["x".repeat(500), `${"x".repeat(80)}…`],
    ]
  ) {
    const body = JSON.stringify({ seconds: typed });
    assertEquals(await app.put(body), [400, `${rule} "${shown}"`]);
  }
  for (const body of ["", "{", "null", "[]", '"1"', '{"seconds": 1}', '{"seconds": null}']) {
    assertEquals(await app.put(body), [400, 'The body must be JSON like {"seconds": "0.5"}']);
  }
  assertEquals(app.intervals, []);
});

Deno.test("A body that is too long is refused, also without a content length", async () => {
  await using app = new ServedApp();
  const body = JSON.stringify({ seconds: "1", more: "x".repeat(2000) });
  assertEquals((await app.put(body))[0], 413);
  const response = await fetch(`${app.url}/interval`, {
    method: "PUT",
    body: new Blob([body]).stream(),
  });
  assertEquals(response.status, 413);
  await response.body?.cancel();
  assertEquals(app.intervals, []);
});

Deno.test("Other origins may not change the interval", async () => {
  await using app = new ServedApp();
  const [status] = await app.put('{"seconds": "1"}', { origin: "http://evil.example" });
  assertEquals(status, 403);
  const response = await fetch(`${app.url}/interval`, {
    method: "OPTIONS",
    headers: { origin: "http://evil.example", "access-control-request-method": "PUT" },
  });
  await response.body?.cancel();
  assertEquals(response.headers.get("access-control-allow-methods"), null);
  assertEquals(app.intervals, []);
  assertEquals((await app.put('{"seconds": "1"}', { origin: app.url }))[0], 204);
});

Deno.test("A foreign name for this machine may not change the interval without a token", async () => {
  await using open = new ServedApp();
  await using locked = new ServedApp({ token: "secret" });
  for (const [{ port }, status] of [[open, 403], [locked, 204]] as const) {
    const body = '{"seconds": "1"}';
    const lines = [
      "PUT /interval HTTP/1.1",
      `Host: evil.example:${port}`,
      `Origin: http://evil.example:${port}`,
      "Authorization: Bearer secret",
      "Connection: close",
      `Content-Length: ${body.length}`,
    ];
    using connection = await Deno.connect({ hostname: "127.0.0.1", port });
    await connection.write(new TextEncoder().encode(`${lines.join("\r\n")}\r\n\r\n${body}`));
    const bytes = new Uint8Array(1000);
    const length = await within(connection.read(bytes), "the answer");
    const answer = new TextDecoder().decode(bytes.subarray(0, length!));
    assertMatch(answer, new RegExp(`^HTTP/1.1 ${status} `));
  }
});

Deno.test("If there is a token, the interval cannot be changed without it", async () => {
  await using app = new ServedApp({ token: "secret" });
  const body = '{"seconds": "1"}';
  for (const authorization of ["", "Bearer", "Bearer Secret", "Bearer secret2", "secret"]) {
    const [status, text] = await app.put(body, { authorization });
    assertEquals([status, text.includes("secret")], [401, false]);
  }
  assertEquals(app.intervals, []);
  assertEquals((await app.put(body, { authorization: "Bearer secret" }))[0], 204);
});

Deno.test("The answer says why the interval could not be set", async () => {
  await using app = new ServedApp();
  app.failure = new UnavailableError("no server is connected");
  assertEquals(await app.put('{"seconds": "1"}'), [
    503,
    "Cannot set update_interval: no server is connected",
  ]);
  app.failure = new Error("OOM command not allowed");
  const [status, text] = await app.put('{"seconds": "1"}');
  assertEquals(status, 502);
  assertMatch(
    text,
    /^Cannot set update_interval: its memory is full, .*: OOM command not allowed$/,
  );
});

Deno.test("Events are streamed, and a page that reconnects misses nothing", async () => {
  await using app = new ServedApp();
  let last: string;
  {
    await using page = await EventStream.open(`${app.url}/events`);
    assertEquals((await within(page.next(), "the snapshot"))!.event, "snapshot");
    app.write(1);
    const { id, data } = (await within(page.next(), "an update"))!;
    assertEquals(JSON.parse(data).state.writer.last.seq, 1);
    last = id;
  }
  await until(() => app.updates.pages === 0, "the page's end");
  for (const seq of [2, 3]) app.write(seq);
  await using page = await EventStream.open(`${app.url}/events`, last);
  const { event, data } = (await within(page.next(), "what was missed"))!;
  assertEquals(event, "update");
  assertEquals(JSON.parse(data).feed.map(({ seq }: { seq: number }) => seq), [2, 3]);
  await using other = await EventStream.open(`${app.url}/events?after=${last}`);
  assertEquals((await within(other.next(), "what was missed"))!.data, data);
  await using stranger = await EventStream.open(`${app.url}/events`, "toob-1");
  assertEquals((await within(stranger.next(), "a snapshot"))!.event, "snapshot");
});

Deno.test("Two hundred pages each get every update", async () => {
  await using app = new ServedApp();
  await using stack = new AsyncDisposableStack();
  const pages = await Promise.all(Array.from({ length: 200 }, async () => {
    return stack.use(await EventStream.open(`${app.url}/events`));
  }));
  await within(Promise.all(pages.map((page) => page.next())), "all snapshots");
  assertEquals(app.updates.pages, 200);
  for (const seq of [1, 2, 3]) {
    app.write(seq);
    const events = await within(Promise.all(pages.map((page) => page.next())), "all updates");
    for (const event of events) {
      assertEquals(JSON.parse(event!.data).state.writer.last.seq, seq);
    }
  }
});

Deno.test("Nothing is kept for a page that does not read, and others get everything", async () => {
  await using app = new ServedApp();
  using lazy = await Deno.connect({ hostname: "127.0.0.1", port: app.port });
  const request = "GET /events HTTP/1.1\r\nHost: localhost\r\n\r\n";
  await lazy.write(new TextEncoder().encode(request));
  await using page = await EventStream.open(`${app.url}/events`);
  await within(page.next(), "the snapshot");
  await until(() => app.updates.pages === 2, "both pages");
  let sent = 0;
  for (let seq = 1; seq <= 6000; seq++) {
    app.facts.handshake("x".repeat(4000));
    app.write(seq);
    const { data } = (await within(page.next(), "an update"))!;
    assertEquals(JSON.parse(data).state.writer.last.seq, seq);
    sent += data.length;
  }
  const received = await within(sizeUntil(lazy, '"seq":6000,'), "the newest update");
  assert(received < sent / 2, `${received} of ${sent} bytes`); // the system keeps a few MB for a connection
});

/** Reads until a text comes; returns how many bytes came. */
async function sizeUntil(connection: Deno.Conn, text: string): Promise<number> {
  const decoder = new TextDecoder();
  const buffer = new Uint8Array(65536);
  let size = 0;
  for (let last = ""; !last.includes(text);) {
    const count = await connection.read(buffer);
    assert(count, "an open connection");
    size += count;
    last = last.slice(-text.length) + decoder.decode(buffer.subarray(0, count), { stream: true });
  }
  return size;
}

Deno.test("The number of pages is limited, and HEAD requests open none", async () => {
  await using app = new ServedApp();
  const head = await fetch(`${app.url}/events`, { method: "HEAD" });
  assertEquals([head.status, await head.text(), app.updates.pages], [405, "", 0]);
  Object.defineProperty(app.updates, "pages", { value: 250 });
  const response = await fetch(`${app.url}/events`);
  assertEquals([response.status, await response.text()], [503, "Too many pages are open"]);
});

Deno.test("Hostile text reaches a page as JSON text and nothing else", async () => {
  await using app = new ServedApp();
  await using page = await EventStream.open(`${app.url}/events`);
  await within(page.next(), "the snapshot");
  const hostile = "\n\nevent: update\ndata: {}\n\n</script><img src=x onerror=alert(1)>\u2028\0";
  app.facts.handshake(`${hostile} seq 1 micros 5000000 timestamp 5`);
  app.facts.show(hostile);
  app.facts.setInterval(hostile, "notification");
  app.write(1);
  const { event, data } = (await within(page.next(), "an update"))!;
  const { feed, state } = JSON.parse(data);
  assertEquals([event, feed.length], ["update", 4]);
  assertMatch(state.listeners[0].last.phrase, /^\\n\\nevent: update\\ndata: \{\}.*\\u\{2028\}/);
});
