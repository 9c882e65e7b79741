/** The roles as whole programs, each in its own process, on real servers. */

import { Buffer } from "node:buffer";
import { assert, assertEquals, assertFalse, assertMatch } from "@std/assert";
import type { Cluster } from "../cluster/cluster.ts";
import { type PatternRole, type RoleName, ROLES } from "../cluster/roles.ts";
import { importFlags } from "../offline/flags.ts";
import { RoleUnderTest, TestClient, testOnEngines, until, within } from "./testing.ts";

const STAMP = /writer seq \d+ micros \d{16} run [0-9a-f]{8} timestamp \d{10}/.source;
const LISTENERS = ["listener_sync", "listener_async"] as const;
const PHRASES = {
  listener_sync: "Handshake triggered by key event",
  listener_async: "Handshake from listener_async",
};

function start(name: PatternRole, cluster: Cluster, env: Record<string, string> = {}) {
  const node = { writer: 0, listener_sync: 1, listener_async: 2 }[name];
  return RoleUnderTest.start(name, { KEYDB_URL: cluster.url(node), ...env });
}

/** Asserts that a listener's summary accounts for every value from its first to its last read. */
async function assertAccounts(listener: RoleUnderTest): Promise<void> {
  const summary = await listener.line(
    /stopped: \d+ changes? handled, \d+ conflated, 0 missed, time difference p50 \d\.\d{6} s/,
  );
  const [handled, conflated] = summary.match(/\d+/g)!.map(Number);
  const read = listener.lines.map((line) => / read shared_key: writer seq (\d+) /.exec(line))
    .filter((found) => found !== null).map(([, seq]) => Number(seq));
  assertEquals(handled + conflated, read.at(-1)! - read[0] + 1, summary);
}

testOnEngines("The roles", async (t, cluster) => {
  await using client = new TestClient(cluster.url(0));

  await t.step("write, read, answer, log it, and stop with a summary", async () => {
    await using sync = await start("listener_sync", cluster);
    await using async = await start("listener_async", cluster);
    for (const listener of [sync, async]) await listener.line(/read shared_key: it does not exist/);
    await using writer = await start("writer", cluster, { UPDATE_INTERVAL: "0.2" });
    await writer.line(/^Starting writer$/);
    await writer.line(new RegExp(`^writer set shared_key: ${STAMP}$`));
    await sync.line(/^Starting listener_sync$/);
    await sync.line(
      new RegExp(
        `^listener_sync read shared_key: ${STAMP}, Time difference: \\d\\.\\d{6} seconds$`,
      ),
    );
    await sync.line(/^Set handshake_key: Handshake triggered by key event$/);
    await async.line(
      new RegExp(
        `^listener_async read shared_key: ${STAMP}, Time difference: \\d\\.\\d{6} seconds$`,
      ),
    );
    await async.line(/^listener_async set handshake_key: Handshake from listener_async$/);
    await writer.line(/seq 3 /);
    for (const listener of LISTENERS) {
      const role = listener === "listener_sync" ? sync : async;
      await role.line(/seq ([3-9]|\d{2,}) /);
      await until(
        async () => /seq ([3-9]|\d{2,}) /.test(await client.get(`handshake_key:${listener}`) ?? ""),
        `the handshake of ${listener} on the writer's node`,
      );
    }
    assert(Object.values(PHRASES).includes(await client.get("handshake_key") ?? ""));
    assertEquals(await Promise.all([writer.stop(), sync.stop(), async.stop()]), [0, 0, 0]);
    await writer.line(
      /^writer stopped: \d+ writes?, write round trip p50 0\.\d{6} s(, p99 0\.\d{6} s)?$/,
    );
    await assertAccounts(sync);
    await assertAccounts(async);
  });

  for (const listener of LISTENERS) {
    await t.step(`${listener} reads the older form of the stamp`, async () => {
      const timestamp = Math.floor(Date.now() / 1000) - 60;
      await client.set("shared_key", `Python01 timestamp ${timestamp}`);
      await using role = await start(listener, cluster);
      await role.line(
        /read shared_key: Python01 timestamp \d+, Time difference: 6\d seconds$/,
      );
      await role.line(/et handshake_key: /);
      await until(
        async () =>
          / micros \d+ read \d+ .* timestamp \d+$/.test(
            await client.get(`handshake_key:${listener}`) ?? "",
          ),
        "the handshake",
      );
    });

    await t.step(`${listener} marks a negative time difference`, async () => {
      const micros = (Math.floor(Date.now() / 1000) + 3600) * 1_000_000;
      await client.del("shared_key");
      await using role = await start(listener, cluster);
      await role.line(/does not exist$/);
      await client.set("shared_key", `w seq 1 micros ${micros} timestamp ${micros / 1e6}`);
      await role.line(/Time difference: -3\d{3}\.\d{6} seconds \(clocks apart\)$/);
      await role.stop();
      await role.line(/\(1 negative, clocks apart\)$/);
    });

    await t.step(
      `${listener} warns once of a value without a stamp, does not answer it, and continues`,
      async () => {
        await client.del("shared_key", `handshake_key:${listener}`);
        await using role = await start(listener, cluster, { RECONCILE_INTERVAL: "0.1" });
        await role.line(/read shared_key: it does not exist$/);
        await client.set("shared_key", `\u001b[31m${"x".repeat(100)}\nERROR forged`);
        await role.line(/^WARN \S+ read shared_key, which holds no stamp: "\\x1b\[31mx{72}…"$/);
        await client.set("shared_key", "");
        await role.line(/^WARN \S+ read shared_key, which holds no stamp: ""$/);
        await client.del("shared_key");
        await client.rpush("shared_key", "a", "b");
        await role.line(/^WARN \S+ cannot read shared_key: it is not a string$/);
        assertEquals(await client.exists(`handshake_key:${listener}`), 0);
        await client.set("shared_key", "w timestamp 1");
        await role.line(/read shared_key: w timestamp 1, /);
        assertEquals(await role.stop(), 0);
        assertEquals(role.lines.filter((line) => line.startsWith("WARN")).length, 3);
        assertFalse(role.lines.some((line) => line.startsWith("ERROR")));
      },
    );
  }

  await t.step(
    "the writer writes at once with any interval, and continues the sequence",
    async () => {
      await client.set("shared_key", "someone seq 41 micros 5000000 timestamp 5");
      await client.set("update_interval", "3600");
      await using writer = await start("writer", cluster);
      await writer.line(/^writer set shared_key: writer seq 42 /);
      await writer.line(/^writer now writes every 3600 seconds$/);
    },
  );

  await t.step("the writer follows the interval at once, and keeps the last good one", async () => {
    await client.set("update_interval", "3600");
    await client.del("shared_key");
    await using writer = await start("writer", cluster, { RECONCILE_INTERVAL: "0.1" });
    await writer.line(/now writes every 3600 seconds/);
    await client.set("update_interval", "0.05");
    await writer.line(/^writer now writes every 0.05 seconds$/);
    await writer.line(/seq 5 /);
    await client.set("update_interval", "soon");
    await writer.line(
      /^WARN update_interval must be a number of seconds from 0.001 to 86400: got "soon"; it stays at 0.05$/,
    );
    const { length } = writer.lines.filter((line) => line.includes(" set shared_key"));
    await writer.line(new RegExp(`seq ${length + 5} `));
    await client.del("update_interval");
    await writer.line(/^writer now writes every 10 seconds$/);
    assertEquals(await client.get("update_interval"), "10");
    assertEquals(writer.lines.filter((line) => line.startsWith("WARN")).length, 1);
  });

  await t.step("log in JSON", async () => {
    await using writer = await start("writer", cluster, { LOG_FORMAT: "json" });
    const line = await writer.line(/set shared_key/);
    assertEquals(JSON.parse(line).role, "writer");
    assertMatch(JSON.parse(line).message, new RegExp(`^writer set shared_key: ${STAMP}$`));
    await writer.stop();
    for (const line of writer.lines) assert(JSON.parse(line).time, line);
  });

  await t.step("use another name", async () => {
    await client.set("shared_key", "w timestamp 1");
    await using role = await start("listener_sync", cluster, { ROLE_NAME: "Deno07" });
    await role.line(/^Deno07 read shared_key: w timestamp 1, /);
    await role.line(/^Set handshake_key/);
    assertMatch(
      await client.get("handshake_key:Deno07") ?? "",
      /^Handshake triggered by key event /,
    );
  });

  await t.step("observe over keyspace channels", async () => {
    await client.set("shared_key", "w timestamp 1");
    await using role = await start("listener_async", cluster, { NOTIFICATION_CHANNEL: "keyspace" });
    await role.line(/w timestamp 1, /);
    await client.del("shared_key");
    await role.line(/read shared_key: it does not exist$/);
  });

  await t.step("stop at SIGINT as well", async () => {
    await using role = await start("listener_sync", cluster);
    await role.line(/read shared_key/);
    role.signal("SIGINT");
    assertEquals(await role.exitCode(2000), 0);
  });

  await t.step("name missing notification flags, and find changes nevertheless", async () => {
    await client.del("shared_key");
    await using node = new TestClient(cluster.url(1));
    await node.config("SET", "notify-keyspace-events", "Kx");
    await using role = await start("listener_sync", cluster, { RECONCILE_INTERVAL: "0.1" });
    await role.line(
      /^WARN The server at \S+ does not publish .* is "xK" and lacks "E\$"\. Set it with: CONFIG SET notify-keyspace-events 'xKE\$'\./,
    );
    await role.line(/does not exist/);
    await client.set("shared_key", "w timestamp 1");
    await role.line(/read shared_key: w timestamp 1/);
    await node.config("SET", "notify-keyspace-events", "KEA");
  });
});

testOnEngines("The listeners handle bytes that are not text", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.set("shared_key", Buffer.from([0x61, 0xff, 0x0a]));
  for (const listener of LISTENERS) {
    await using role = await start(listener, cluster);
    await role.line(/^WARN \S+ cannot read shared_key: its bytes are no UTF-8 text: "a\\xff\\n"$/);
    assertEquals(await role.stop(), 0);
  }
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines(
  "The roles log that they cannot check the notifications without CONFIG",
  async (_t, cluster) => {
    await using client = new TestClient(cluster.url(0));
    await client.set("shared_key", "w timestamp 1");
    await client.call("ACL", "SETUSER", "limited", "on", ">pw", "~*", "&*", "+@all", "-config");
    const url = cluster.url(0).replace("redis://", "redis://limited:pw@");
    await using role = await RoleUnderTest.start("listener_sync", { KEYDB_URL: url });
    await role.line(
      /^Could not check that the server at \S+ publishes .*"E\$".*NOPERM.*going on/,
    );
    await role.line(/read shared_key: w timestamp 1/);
  },
  { engines: ["keydb-server", "valkey-server", "redis-server"] },
);

testOnEngines("The roles wait for a server that is not up yet", async (_t, cluster) => {
  const [node] = cluster.nodes;
  await node.stop();
  const env = { KEYDB_URL: node.url };
  await using writer = await RoleUnderTest.start("writer", { ...env, LOG_LEVEL: "debug" });
  await using listener = await RoleUnderTest.start("listener_async", env);
  const waiting = /^WARN Cannot reach the server at 127.0.0.1:\d+ \(ECONNREFUSED\)$/;
  await writer.line(waiting);
  await writer.line(/^DEBUG Cannot reach the server at /); // later failures are logged at debug level
  await listener.line(waiting);
  node.start();
  await node.ready();
  await writer.line(/set shared_key/);
  await listener.line(/read shared_key: writer seq/);
  for (const role of [writer, listener]) {
    assertEquals(role.lines.filter((line) => waiting.test(line)).length, 1);
  }
  await node.stop();
  await writer.line(/^WARN Lost the connection to the server/);
  await listener.line(/^WARN Not subscribed to __keyevent@0__:set/);
  node.start();
  await node.ready();
  await listener.line(/^Subscribed to __keyevent@0__:set$/);
  assertEquals(await Promise.all([writer.stop(), listener.stop()]), [0, 0]);
});

testOnEngines("The roles stop while they wait for a server", async (_t, cluster) => {
  const [node] = cluster.nodes;
  await node.stop();
  for (const name of ["writer", ...LISTENERS] as const) {
    await using role = await RoleUnderTest.start(name, { KEYDB_URL: node.url });
    await role.line(/Cannot reach the server/);
    assertEquals(await role.stop(), 0);
    assertMatch(role.lines.at(-1)!, / stopped: /);
  }
}, { engines: ["embedded"] });

testOnEngines("The roles stop while the server hangs", async (_t, cluster) => {
  const [node] = cluster.nodes;
  await using sync = await RoleUnderTest.start("listener_sync", { KEYDB_URL: node.url });
  await using writer = await RoleUnderTest.start("writer", {
    KEYDB_URL: node.url,
    UPDATE_INTERVAL: "0.05",
  });
  await sync.line(/read shared_key: writer seq /);
  node.signal("SIGSTOP");
  assertEquals(await Promise.all([sync.stop(), writer.stop()]), [0, 0]);
  await sync.line(/^listener_sync stopped: /);
  await writer.line(/^writer stopped: /);
}, { engines: ["redis-server", "valkey-server", "keydb-server"] });

testOnEngines("The roles exit at once if the password is wrong", async (_t, cluster) => {
  const { port } = cluster.nodes[0];
  for (const name of ["writer", ...LISTENERS] as const) {
    await using role = await RoleUnderTest.start(name, {
      KEYDB_URL: `redis://:not-the-one@127.0.0.1:${port}`,
    });
    assertEquals(await role.exitCode(), 1);
    await role.line(
      /^ERROR The server at 127.0.0.1:\d+ refused user or password of its URL: WRONGPASS.* \(see KEYDB_URL\)$/,
    );
    assertFalse(role.lines.some((line) => line.includes("not-the-one")));
  }
  await using role = await RoleUnderTest.start("writer", {
    KEYDB_URL: `redis://127.0.0.1:${port}/1`,
  });
  assertEquals(await role.exitCode(), 1);
  await role.line(
    /^ERROR The server at \S+ wants a password, and its URL has none: NOAUTH .* \(see KEYDB_URL\)$/,
  );
}, { password: "the-one" });

testOnEngines("The roles exit at once if the database does not exist", async (_t, cluster) => {
  for (const name of ["writer", ...LISTENERS] as const) {
    await using role = await RoleUnderTest.start(name, { KEYDB_URL: `${cluster.url(0)}/9999` });
    assertEquals(await role.exitCode(), 1);
    await role.line(/^ERROR The server at \S+ has no database 9999: .* \(see KEYDB_URL\)$/);
  }
  await using client = new TestClient(cluster.url(0));
  assertEquals(await client.dbsize(), 0);
});

testOnEngines("The roles exit at once if a right is missing", async (t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.set("shared_key", "w timestamp 1");

  for (
    const { name, refused, user } of [
      { name: "writer", refused: "set shared_key", user: ["~*", "&*", "-set"] },
      { name: "writer", refused: "get shared_key", user: ["~update_interval", "&*"] },
      { name: "writer", refused: "get update_interval", user: ["~shared_key", "&*"] },
      {
        name: "writer",
        refused: "subscribe __keyevent@0__:set",
        user: ["~*", "&*", "-subscribe"],
      },
      { name: "listener_sync", refused: "subscribe __keyevent@0__:set", user: ["~*", "&other"] },
      {
        name: "listener_sync",
        refused: "mset handshake_key handshake_key:listener_sync",
        user: ["~*", "&*", "-mset"],
      },
      {
        name: "listener_async",
        refused: "mset handshake_key handshake_key:listener_async",
        user: ["~shared_key", "~handshake_key", "&*"],
      },
      { name: "listener_async", refused: "get shared_key", user: ["~*", "&*", "-get"] },
    ] as const
  ) {
    await t.step(`${name} without the right to ${refused} (${user.join(" ")})`, async () => {
      const rules = ["reset", "resetchannels", "on", ">pw", "+@all", ...user];
      await client.call("ACL", "SETUSER", "limited", ...rules);
      const url = cluster.url(0).replace("redis://", "redis://limited:pw@");
      await using role = await RoleUnderTest.start(name, { KEYDB_URL: url });
      assertEquals(await role.exitCode(), 1);
      const errors = role.lines.filter((line) => line.startsWith("ERROR"));
      assertEquals(errors.length, 1);
      assertMatch(
        errors[0],
        new RegExp(`^ERROR The server at \\S+ refused the right to ${refused}: NOPERM `),
      );
    });
  }
}, { engines: ["keydb-server", "valkey-server", "redis-server"] });

testOnEngines("The roles wait while a server refuses reads", async (_t, cluster) => {
  await using client = new TestClient(cluster.url(0));
  await client.config("SET", "replica-serve-stale-data", "no");
  await client.replicaof("127.0.0.1", 1); // no server is there, so every read fails with MASTERDOWN
  await using writer = await start("writer", cluster);
  await using listener = await RoleUnderTest.start("listener_sync", { KEYDB_URL: cluster.url(0) });
  await writer.line(/^WARN Cannot read shared_key \(it has lost its primary, .*: MASTERDOWN /);
  await listener.line(/^WARN Cannot read shared_key \(it has lost its primary, .*: MASTERDOWN /);
  await client.replicaof("NO", "ONE");
  await writer.line(/^writer set shared_key/);
  await listener.line(/^Can read shared_key again$/);
  await listener.line(/^listener_sync read shared_key: writer /);
}, { engines: ["valkey-server", "redis-server"] });

Deno.test("The roles report every invalid setting, and exit with 2", async () => {
  await using role = await RoleUnderTest.start("listener_async", {
    KEYDB_URL: "http://bob:secret@host",
    CALLBACK_CONCURRENCY: "many",
    LOG_LEVEL: "loud",
  });
  assertEquals(await role.exitCode(), 2);
  assertEquals(role.lines.length, 3);
  await role.line(/^KEYDB_URL must be redis:.*"http:\/\/\*\*\*@host"$/);
  await role.line(/^CALLBACK_CONCURRENCY must be a whole number/);
  await role.line(/^LOG_LEVEL must be/);
});

/** Runs a role with an argument until it ends. */
async function runWith(name: RoleName, argument: string) {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-q", `-P=${name}`, ...await importFlags(), `functions/${name}.ts`, argument],
    cwd: `${import.meta.dirname}/..`,
  }).output();
  return { code, text: new TextDecoder().decode(code === 0 ? stdout : stderr) };
}

Deno.test("Every role has a --help", async () => {
  for (const name of ROLES) {
    const { code, text } = await runWith(name, "--help");
    assertEquals(code, 0);
    const lines = text.trimEnd().split("\n");
    assertEquals(lines[0], `Usage: deno task ${name.replace("_", ":")}`);
    assert(lines.some((line) => line.startsWith("  KEYDB_URL")));
    assertEquals(text.includes("SIMULATED_WORK"), name.startsWith("listener"));
    assertMatch(text, /^Exit codes: 0 /m);
    assertEquals(lines.filter(({ length }) => length > 100), []);
  }
});

Deno.test("The roles refuse arguments", async () => {
  for (const name of ROLES) {
    const { code, text } = await runWith(name, "now");
    assertEquals(code, 2);
    assertEquals(
      text,
      `${name} takes no arguments, its settings are environment variables; see --help\n`,
    );
  }
});

testOnEngines(
  "The roles check the notifications again when the server is back",
  async (_t, cluster) => {
    const [node] = cluster.nodes;
    await using role = await RoleUnderTest.start("listener_sync", { KEYDB_URL: node.url });
    await role.line(/does not exist$/);
    await using client = new TestClient(node.url);
    await client.config("SET", "notify-keyspace-events", "");
    await client.call("CLIENT", "KILL", "TYPE", "pubsub");
    await role.line(/^Subscribed to /);
    await role.line(/^WARN The server at \S+ does not publish/);
    const [first] = role.lines.filter((line) => line.startsWith("WARN"));
    assertMatch(first, /^WARN Not subscribed to /, "the first check found nothing missing");
  },
  { engines: ["keydb-server", "valkey-server", "redis-server"] },
);

testOnEngines("A handshake on the second node is read on the first", async (_t, cluster) => {
  await using first = new TestClient(cluster.nodes[0].url);
  await first.set("shared_key", "w seq 7 micros 5000000 timestamp 5");
  const url = cluster.nodes[1].url;
  await using role = await RoleUnderTest.start("listener_sync", { KEYDB_URL: url });
  await role.line(/^Set handshake_key/);
  await until(
    async () => /seq 7 /.test(await first.get("handshake_key:listener_sync") ?? ""),
    "the handshake on the first node",
  );
  assertEquals(await first.get("handshake_key"), PHRASES.listener_sync);
  await within(role.stop(), "the role's end");
}, { engines: ["keydb-server"] });
