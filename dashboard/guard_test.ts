import { assertEquals } from "@std/assert";
import { refuse } from "./guard.ts";

/** Who asks, and how that ends without a token and with the token `secret`; `undefined` is a yes. */
const CASES: readonly (readonly [
  string,
  Record<string, string>,
  number | undefined,
  number | undefined,
])[] = [
  ["a program at localhost", { host: "localhost:8000" }, undefined, 401],
  ["a program at an address", { host: "192.0.2.1:8000" }, undefined, 401],
  ["a program at an IPv6 address", { host: "[::1]:8000" }, undefined, 401],
  ["our page", { host: "127.0.0.1", origin: "http://127.0.0.1" }, undefined, 401],
  [
    "our page, as browsers say it",
    {
      host: "localhost:8000",
      origin: "http://localhost:8000",
      "sec-fetch-site": "same-origin",
    },
    undefined,
    401,
  ],
  [
    "our page with a token",
    {
      host: "localhost:8000",
      origin: "http://localhost:8000",
      authorization: "Bearer secret",
    },
    undefined,
    undefined,
  ],
  [
    "our page behind a proxy that adds TLS",
    {
      host: "dashboard.example",
      origin: "https://dashboard.example",
      authorization: "Bearer secret",
    },
    403,
    undefined,
  ],
  ["a wrong token", { host: "localhost", authorization: "Bearer secre" }, undefined, 401],
  ["another scheme", { host: "localhost", authorization: "Basic secret" }, undefined, 401],
  ["another site", { host: "localhost:8000", origin: "http://evil.example" }, 403, 403],
  ["another port", { host: "localhost:8000", origin: "http://localhost:9000" }, 403, 403],
  ["a sandboxed frame", { host: "localhost:8000", origin: "null" }, 403, 403],
  [
    "another site with the token",
    {
      host: "localhost:8000",
      origin: "http://evil.example",
      authorization: "Bearer secret",
    },
    403,
    403,
  ],
  [
    "another site without an origin",
    {
      host: "localhost:8000",
      "sec-fetch-site": "cross-site",
    },
    403,
    403,
  ],
  [
    "a neighbour of the same site",
    {
      host: "localhost:8000",
      "sec-fetch-site": "same-site",
    },
    403,
    403,
  ],
  [
    "a name that leads here",
    {
      host: "evil.example:8000",
      origin: "http://evil.example:8000",
      "sec-fetch-site": "same-origin",
    },
    403,
    401,
  ],
  ["a name that looks like ours", { host: "localhost.evil.example" }, 403, 401],
  ["a name that looks like an address", { host: "127.0.0.1.evil.example" }, 403, 401],
  ["nobody", {}, 403, 401],
  ["a host that is none", { host: "a b" }, 403, 401],
];

for (const [who, headers, open, locked] of CASES) {
  Deno.test(`Whether ${who} may change something`, () => {
    assertEquals(refuse(new Headers(headers), undefined)?.status, open);
    assertEquals(refuse(new Headers(headers), "secret")?.status, locked);
  });
}
