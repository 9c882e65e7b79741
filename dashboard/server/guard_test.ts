import { assertEquals } from "@std/assert";
import { refuse } from "./guard.ts";

/** The origin at which a proxy serves the page. */
const PUBLIC = "https://dash.example.com";

/** Who asks, and the status without a token and with the token `secret`; `undefined` if the request is allowed. */
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
    "our page, with a browser's headers",
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
  [
    "a scheme in small letters",
    { host: "localhost", authorization: "bearer secret" },
    undefined,
    undefined,
  ],
  [
    "a token behind blanks",
    { host: "localhost", authorization: "BEARER  secret" },
    undefined,
    undefined,
  ],
  [
    "our page behind a proxy that sends its own host",
    {
      host: "127.0.0.1:8000",
      origin: "https://dashboard.example",
      "sec-fetch-site": "same-origin",
      authorization: "Bearer secret",
    },
    403,
    undefined,
  ],
  [
    "our page behind a proxy that names the default port",
    {
      host: "Dashboard.Example:443",
      origin: "https://dashboard.example",
      authorization: "Bearer secret",
    },
    403,
    undefined,
  ],
  ["a wrong token", { host: "localhost", authorization: "Bearer secre" }, undefined, 401],
  ["another scheme", { host: "localhost", authorization: "Basic secret" }, undefined, 401],
  ["another site", { host: "localhost:8000", origin: "http://evil.example" }, 403, 401],
  ["another port", { host: "localhost:8000", origin: "http://localhost:9000" }, 403, 401],
  ["a sandboxed frame", { host: "localhost:8000", origin: "null" }, 403, 401],
  [
    "another site with the token",
    {
      host: "localhost:8000",
      origin: "http://evil.example",
      authorization: "Bearer secret",
    },
    403,
    undefined, // the token is enough; no page there can send it, as no answer allows it
  ],
  [
    "another site without an origin",
    {
      host: "localhost:8000",
      "sec-fetch-site": "cross-site",
    },
    403,
    401,
  ],
  [
    "a neighbour of the same site",
    {
      host: "localhost:8000",
      "sec-fetch-site": "same-site",
    },
    403,
    401,
  ],
  [
    "a foreign name for this machine",
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
  ["a request without headers", {}, 403, 401],
  ["an invalid host", { host: "a b" }, 403, 401],
];

for (const [who, headers, open, locked] of CASES) {
  Deno.test(`Whether ${who} may change something`, () => {
    assertEquals(refuse(new Headers(headers), {})?.status, open);
    assertEquals(refuse(new Headers(headers), { token: "secret" })?.status, locked);
  });
}

/** Who asks, with `https://dash.example.com` as the public origin, and the status without a token. */
const BEHIND_A_PROXY: readonly (readonly [string, Record<string, string>, number | undefined])[] = [
  ["our page, with the host as it is", { host: "dash.example.com", origin: PUBLIC }, undefined],
  ["our page, with the proxy's host", { host: "127.0.0.1:8000", origin: PUBLIC }, undefined],
  ["our page, with the upstream's name", { host: "dashboard:8000", origin: PUBLIC }, undefined],
  ["our page, with port 443", { host: "dash.example.com:443", origin: PUBLIC }, undefined],
  ["our page in capitals", { host: "DASH.EXAMPLE.COM", origin: PUBLIC }, undefined],
  [
    "our page, with a browser's headers",
    { host: "dashboard:8000", origin: PUBLIC, "sec-fetch-site": "same-origin" },
    undefined,
  ],
  ["a program at the public name", { host: "dash.example.com:443" }, undefined],
  [
    "a program behind a proxy that forwards the host",
    { host: "dashboard:8000", "x-forwarded-host": "DASH.example.com:443, inner" },
    undefined,
  ],
  ["our page at localhost", { host: "localhost:8000", origin: "http://localhost:8000" }, undefined],
  ["our page without TLS", { host: "dash.example.com", origin: "http://dash.example.com" }, 403],
  ["our page at another port", { host: "dash.example.com", origin: `${PUBLIC}:8443` }, 403],
  ["another site", { host: "dash.example.com", origin: "https://evil.example" }, 403],
  ["a sandboxed frame", { host: "dash.example.com", origin: "null" }, 403],
  [
    "another site without an origin",
    { host: "dash.example.com", "sec-fetch-site": "cross-site" },
    403,
  ],
  [
    "a foreign name for this machine that claims to be forwarded",
    {
      host: "evil.example",
      origin: "http://evil.example",
      "x-forwarded-host": "dash.example.com",
      "sec-fetch-site": "same-origin",
    },
    403,
  ],
  ["a program at the upstream's name", { host: "dashboard:8000" }, 403],
  ["a request without headers", {}, 403],
];

for (const [who, headers, status] of BEHIND_A_PROXY) {
  Deno.test(`Whether ${who} may change something behind a proxy`, () => {
    assertEquals(refuse(new Headers(headers), { origin: PUBLIC })?.status, status);
    assertEquals(refuse(new Headers(headers), { origin: PUBLIC, token: "secret" })?.status, 401);
  });
}
