import { assertEquals, assertThrows } from "@std/assert";
import { until, within } from "../../cluster/waiting.ts";
import { createLog } from "./log.ts";
import { serve } from "./serving.ts";

const HERE = {
  what: "greetings",
  setting: "GREETINGS_PORT",
  host: "127.0.0.1",
  connections: 3,
  log: createLog("me", "error", "text"),
};

/** An answer for tests that send no request. */
function answer(): Response {
  return new Response();
}

Deno.test("serve() says which port is not free", async () => {
  await using first = serve({ ...HERE, port: 0 }, answer);
  const { port } = first;
  assertThrows(
    () => serve({ ...HERE, port }, answer),
    Error,
    `Cannot serve greetings on 127.0.0.1:${port} as something else is served there: ` +
      "GREETINGS_PORT must be a port that is free",
  );
});

Deno.test("serve() says which address is not one of this machine", () => {
  assertThrows(
    () => serve({ ...HERE, host: "192.0.2.1", port: 9100 }, answer),
    Error,
    "Cannot serve greetings on 192.0.2.1:9100: BIND_ADDRESS must be an address of this machine",
  );
});

Deno.test("serve() says which permission Deno denies", {
  permissions: { net: ["127.0.0.1"] },
}, () => {
  assertThrows(
    () => serve({ ...HERE, host: "::1", port: 9100 }, answer),
    Error,
    "Cannot serve greetings on [::1]:9100 as Deno's permissions do not allow it: " +
      "--allow-net must include [::1]:9100",
  );
});

Deno.test("serve() ends at once, even if a request is never answered", async () => {
  const asked = Promise.withResolvers<void>();
  const served = serve({ ...HERE, port: 0 }, () => {
    asked.resolve();
    return new Promise<never>(() => {});
  });
  const request = fetch(`http://127.0.0.1:${served.port}`).catch((error) => error.name);
  await within(asked.promise, "the request");
  await within(Promise.resolve(served[Symbol.asyncDispose]()), "the end", 1000);
  assertEquals(await within(request, "the request's failure"), "TypeError");
});

Deno.test("serve() closes a connection without a complete request, and keeps one that gets an answer", async () => {
  await using served = serve(
    { ...HERE, port: 0, silenceMs: 200 },
    ({ url }) => new Response(url.endsWith("/stream") ? new ReadableStream() : "here"),
  );
  const address = { hostname: "127.0.0.1", port: served.port };
  using half = await Deno.connect(address);
  await half.write(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: h\r\n"));
  using silent = await Deno.connect(address);
  using stream = await Deno.connect(address);
  await stream.write(new TextEncoder().encode("GET /stream HTTP/1.1\r\nHost: h\r\n\r\n"));
  const buffer = new Uint8Array(1000);
  await within(stream.read(buffer), "the head of the stream");
  let isOpen = true;
  const more = stream.read(buffer).then(() => isOpen = false, () => isOpen = false);
  assertEquals(
    await within(half.read(buffer).catch(() => null), "the end of half a request"),
    null,
  );
  assertEquals(await within(silent.read(buffer).catch(() => null), "the end of silence"), null);
  assertEquals(isOpen, true);
  await served[Symbol.asyncDispose]();
  await within(more, "the end of the stream");
});

Deno.test("serve() refuses connections over the limit, and accepts new ones when others have closed", async () => {
  await using served = serve({ ...HERE, port: 0 }, () => new Response("here"));
  const address = { hostname: "127.0.0.1", port: served.port };
  const open = await Promise.all(Array.from({ length: 3 }, () => Deno.connect(address)));
  using refused = await Deno.connect(address);
  assertEquals(await within(refused.read(new Uint8Array(1)).catch(() => null), "its end"), null);
  for (const connection of open) connection.close();
  await until(async () => {
    const answer = await fetch(`http://127.0.0.1:${served.port}`).catch(() => undefined);
    return await answer?.text() === "here";
  }, "an answer");
});
