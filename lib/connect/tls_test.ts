/** TLS against real servers, with certificates made here. */

import { assertEquals, assertFalse, assertMatch, assertRejects } from "@std/assert";
import { Authority, type Certified, selfSigned } from "../../cluster/certificates.ts";
import { type Engine, findEngine } from "../../cluster/engine.ts";
import { supportsTls, TlsServer, type TlsServerOptions } from "../../tests/tls_server.ts";
import { Proxy } from "../../cluster/proxy.ts";
import {
  RoleUnderTest,
  testOnEachEngine,
  testOnEngines,
  until,
  within,
} from "../../tests/testing.ts";
import { AccessError } from "./access_error.ts";
import { type Connection, openConnection } from "./connection.ts";
import { parseServerUrl } from "./server.ts";
import type { TlsSettings } from "./tls.ts";

const signal = AbortSignal.timeout(600_000);

const HERE = ["localhost", "127.0.0.1"];

const authority = await Authority.create("Our authority");
const stranger = await Authority.create("Another authority");
const good = await authority.issue(HERE);
const ours = await authority.issue(["a role"]);

/** Registers a test for each server with TLS. Those that were built without it are skipped, by name. */
async function testOverTls(name: string, test: (engine: Engine) => Promise<void>): Promise<void> {
  for (const engine of ["keydb-server", "valkey-server", "redis-server"] as const) {
    if (await findEngine(engine) && !await supportsTls(engine)) {
      Deno.test.ignore(`${name} [${engine}: built without TLS, skipped]`, () => {});
    } else {
      testOnEachEngine(name, test, [engine]);
    }
  }
}

async function startServer(
  engine: Engine,
  options: Partial<TlsServerOptions> = {},
): Promise<TlsServer> {
  return await TlsServer.start(engine, { certified: good, ca: authority.cert, ...options });
}

async function connect(url: string, tls: TlsSettings): Promise<Connection> {
  const server = parseServerUrl(url)!;
  const servers = [{ ...server, ...(server.tls && { tls }) }];
  return await within(openConnection(servers, { name: "test", signal }), "the connection");
}

async function ping(url: string, tls: TlsSettings): Promise<string> {
  await using connection = await connect(url, tls);
  return await connection.client.ping();
}

async function assertRefused(url: string, tls: TlsSettings, sentence: RegExp): Promise<void> {
  const error = await assertRejects(() => ping(url, tls), AccessError);
  assertMatch(error.message, sentence);
}

await testOverTls(
  "openConnection() trusts the given authorities, for names and addresses",
  async (engine) => {
    await using server = await startServer(engine);
    const tls = { ca: authority.cert };
    for (const host of HERE) {
      assertEquals(
        await ping(`rediss://${host}:${server.port}`, tls),
        "PONG",
      );
    }
    const both = { ca: `${stranger.cert}\n${authority.cert}` };
    assertEquals(await ping(`rediss://localhost:${server.port}`, both), "PONG");
  },
);

await testOverTls(
  "openConnection() trusts a given self-signed certificate",
  async (engine) => {
    const certified = await selfSigned(HERE);
    await using server = await startServer(engine, { certified });
    assertEquals(await ping(`rediss://localhost:${server.port}`, { ca: certified.cert }), "PONG");
  },
);

await testOverTls("openConnection() reports what is wrong with a certificate", async (engine) => {
  const tls = { ca: authority.cert };
  const expired = await authority.issue(HERE, { fromDay: -2, toDay: -1 });
  const early = await authority.issue(HERE, { fromDay: 1, toDay: 2 });
  const elsewhere = await authority.issue(["keydb.example"]);
  const unknown = await stranger.issue(HERE);
  const cases: [Certified, TlsSettings, string][] = [
    [expired, tls, "has expired: .+"],
    [early, tls, "is not valid yet, or a clock is wrong: .+"],
    [await selfSigned(HERE), tls, "is self-signed, and 'tls.ca' does not hold it: .+"],
    [await selfSigned(HERE), {}, "is self-signed, and 'tls.ca' does not hold it: .+"],
    [unknown, tls, "is of an authority that 'tls.ca' does not hold: .+"],
    [good, {}, "is of an unknown authority, and 'tls.ca' is not set: .+"],
    [
      elsewhere,
      tls,
      "is for other names, and its URL must use one of them: DNS:keydb.example",
    ],
  ];
  for (const [certified, settings, sentence] of cases) {
    await using server = await startServer(engine, { certified });
    for (const host of HERE) {
      const expected = `^The certificate of the server at ${host}:${server.port} ${sentence}$`;
      await assertRefused(`rediss://${host}:${server.port}`, settings, new RegExp(expected));
    }
  }
});

await testOverTls("openConnection() presents the client's certificate", async (engine) => {
  await using server = await startServer(engine, { wantsClientCertificates: true });
  const url = `rediss://localhost:${server.port}`;
  const ca = authority.cert;
  assertEquals(await ping(url, { ca, ...ours }), "PONG");
  const late = await authority.issue(["a role"], { fromDay: -2, toDay: -1 });
  const foreign = await stranger.issue(["a role"]);
  const refused = /^The server at \S+ refused the certificate in 'tls.cert': .+$/;
  const missing = /^The server at \S+ wants a client certificate, and 'tls.cert' is not set: /;
  for (let round = 0; round < 10; round++) { // what arrives first is a race: the alert, or the end
    await assertRefused(url, { ca }, missing);
    await assertRefused(url, { ca, ...foreign }, refused);
    await assertRefused(url, { ca, ...late }, refused);
  }
});

await testOverTls(
  "openConnection() reports what the server wants over TLS 1.2 too",
  async (engine) => {
    const settings = [["tls-protocols", "TLSv1.2"]] as const;
    await using server = await startServer(engine, { wantsClientCertificates: true, settings });
    const url = `rediss://127.0.0.1:${server.port}`;
    const ca = authority.cert;
    assertEquals(await ping(url, { ca, ...ours }), "PONG");
    await assertRefused(
      url,
      { ca },
      /^The server at \S+ wants a client certificate, and 'tls.cert' is not set; or /,
    );
    await assertRefused(
      url,
      { ca, ...await stranger.issue(["a role"]) },
      /^The server at \S+ refused /,
    );
  },
);

await testOverTls("openConnection() reports that only the server speaks TLS", async (engine) => {
  await using server = await startServer(engine, { settings: [["requirepass", "secret"]] });
  const plainly = `redis://:secret@localhost:${server.port}`;
  const sentence =
    /^The server at \S+ speaks TLS on that port: its URL has to begin with rediss:\/\//;
  for (let round = 0; round < 5; round++) await assertRefused(plainly, {}, sentence);
});

testOnEngines("openConnection() reports that the server speaks no TLS", async (_t, cluster) => {
  const safely = cluster.url(0).replace("redis://", "rediss://");
  const sentence =
    /^The server at \S+ speaks no TLS on that port: its URL has to begin with redis:\/\//;
  await assertRefused(safely, {}, sentence);
}, { password: "secret" });

testOnEngines(
  "openConnection() waits for a server that does not shake hands",
  async (_t, cluster) => {
    await using proxy = new Proxy(cluster.node(0).port);
    proxy.goSilent();
    const stop = new AbortController();
    const opening = openConnection([parseServerUrl(`rediss://127.0.0.1:${proxy.port}`)!], {
      name: "test",
      signal: stop.signal,
      onStatus: (status) => stop.abort(status),
    });
    const status = await opening.catch((reason) => reason);
    assertEquals([status.state, status.reason], ["unreachable", "ETIMEDOUT"]);
  },
  { engines: ["embedded"] },
);

await testOverTls("openConnection() survives every error of its socket", async (engine) => {
  await using server = await startServer(engine);
  const url = `rediss://localhost:${server.port}`;
  await using connection = await connect(url, { ca: authority.cert });
  // As Deno's sockets do if a write is under way when the server ends the connection.
  for (const text of ["read ECONNRESET", "write EPIPE"]) {
    connection.client.stream.emit("error", new Error(text));
  }
});

Deno.test("openConnection() sends nothing before the server's certificate is verified", async () => {
  using listener = Deno.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    ...await stranger.issue(HERE),
  });
  const { port } = listener.addr;
  const url = `rediss://me:secret@127.0.0.1:${port}`;
  const refused = assertRefused(url, { ca: authority.cert }, /'tls.ca' does not hold/);
  const heard: (number | null)[] = [];
  for (let connections = 0; connections < 2; connections++) { // ours, and the diagnosis
    using connection = await listener.accept();
    heard.push(await connection.read(new Uint8Array(1)).catch(() => null));
  }
  await refused;
  assertEquals(heard, [null, null]);
});

await testOverTls("The roles observe over TLS", async (engine) => {
  await using server = await startServer(engine, {
    certified: await authority.issue(["localhost"]),
    wantsClientCertificates: true,
  });
  const settings = {
    KEYDB_URL: `rediss://localhost:${server.port}`,
    KEYDB_CA_CERT: authority.cert,
    KEYDB_CLIENT_CERT: ours.cert,
    KEYDB_CLIENT_KEY: ours.key,
  };
  await using listener = await RoleUnderTest.start("listener_async", settings);
  await listener.line(/does not exist$/);
  await using writer = await RoleUnderTest.start("writer", settings);
  await listener.line(/ read shared_key: writer seq 1 /);
  await listener.line(/ set handshake_key: /);
  await writer.line(/ set shared_key: /);
  for (const role of [writer, listener]) {
    role.signal("SIGTERM");
    assertEquals(await role.exitCode(), 0);
    assertFalse(role.lines.some((line) => /WARN|ERROR/.test(line)), role.lines.join("\n"));
  }
});

await testOverTls("The roles survive the loss of a TLS connection", async (engine) => {
  await using server = await startServer(engine);
  await using proxy = new Proxy(server.port);
  const settings = {
    KEYDB_URL: `rediss://127.0.0.1:${proxy.port}`,
    KEYDB_CA_CERT: authority.cert,
    UPDATE_INTERVAL: "0.01", // so that there are always writes on their way
  };
  await using listener = await RoleUnderTest.start("listener_sync", settings);
  await using writer = await RoleUnderTest.start("writer", settings);
  for (let round = 0; round < 5; round++) {
    await nextLine(listener, / read shared_key: writer /);
    proxy.cut();
    await nextLine(writer, /^WARN (Lost|Cannot reach)/);
    proxy.heal();
  }
  await nextLine(listener, / read shared_key: writer /);
});

await testOverTls("The roles end at once if a certificate is wrong", async (engine) => {
  const expired = await authority.issue(HERE, { fromDay: -2, toDay: -1 });
  await using server = await startServer(engine, { certified: expired });
  for (const name of ["writer", "listener_sync", "listener_async"] as const) {
    await using role = await RoleUnderTest.start(name, {
      KEYDB_URL: `rediss://localhost:${server.port}`,
      KEYDB_CA_CERT: authority.cert,
    });
    assertEquals(await role.exitCode(), 1);
    const [starting, error, stopped] = role.lines;
    assertEquals([role.lines.length, starting], [3, `Starting ${name}`]);
    assertMatch(error, /^ERROR The certificate of the server at localhost:\d+ has expired: /);
    assertMatch(stopped, / stopped: /);
  }
});

await testOverTls(
  "The roles end if the certificate becomes wrong while they run",
  async (engine) => {
    await using server = await startServer(engine);
    await using proxy = new Proxy(server.port);
    await using role = await RoleUnderTest.start("listener_sync", {
      KEYDB_URL: `rediss://localhost:${proxy.port}`,
      KEYDB_CA_CERT: authority.cert,
    });
    await role.line(/does not exist$/);
    await using other = await startServer(engine, { certified: await selfSigned(HERE) });
    proxy.cut();
    proxy.target = other.port;
    proxy.heal();
    assertEquals(await role.exitCode(), 1);
    await role.line(
      /^ERROR The certificate of the server at \S+ is self-signed, .+ \(see KEYDB_CA_CERT\)$/,
    );
  },
);

Deno.test("The roles may read a certificate's file if they are permitted to", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, authority.cert);
  const env = { KEYDB_URL: "rediss://127.0.0.1:1", KEYDB_CA_CERT: path };
  await using refused = await RoleUnderTest.start("writer", env);
  assertEquals(await refused.exitCode(), 2);
  assertEquals(refused.lines, [
    "KEYDB_CA_CERT must be certificates as PEM text, or the path of a file with them: " +
    `got "${path}", and the role may not read that file: start it with --allow-read for it, or set the ` +
    "text itself",
  ]);
  await using permitted = await RoleUnderTest.start("writer", env, {
    permissions: [`--allow-read=${path}`],
  });
  await permitted.line(/^WARN Cannot reach the server at 127.0.0.1:1 /);
  await Deno.remove(path);
});

/** Resolves when a role prints a line that matches, from now on. */
async function nextLine(role: RoleUnderTest, pattern: RegExp): Promise<void> {
  const { length } = role.lines;
  await until(() => role.lines.slice(length).some((line) => pattern.test(line)), `${pattern}`);
}
