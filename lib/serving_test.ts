import { assertEquals, assertThrows } from "@std/assert";
import { within } from "../local/waiting.ts";
import { serve } from "./serving.ts";

const HERE = { what: "greetings", setting: "GREETINGS_PORT", host: "127.0.0.1" };

/** Nothing is asked for in these tests. */
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

Deno.test("serve() says which address is none of this machine", () => {
  assertThrows(
    () => serve({ ...HERE, host: "192.0.2.1", port: 9100 }, answer),
    Error,
    "Cannot serve greetings on 192.0.2.1:9100: SERVE_HOST must be an address of this machine",
  );
});

Deno.test("serve() says what Deno does not allow", {
  permissions: { net: ["127.0.0.1"] },
}, () => {
  assertThrows(
    () => serve({ ...HERE, host: "::1", port: 9100 }, answer),
    Error,
    "Cannot serve greetings on [::1]:9100 as Deno's permissions do not allow it: " +
      "--allow-net must include [::1]:9100",
  );
});

Deno.test("serve() ends at once, also where a request is never answered", async () => {
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
