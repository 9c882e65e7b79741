/** users.acl on real servers: what each user may do, and that it may do nothing else. */

import { join } from "node:path";
import { assertEquals, assertMatch, assertRejects } from "@std/assert";
import type { UserName } from "../cluster/node.ts";
import { TestClient, testOnEachEngine, testOnEngines, until, usersWith } from "../tests/testing.ts";

const SERVERS = ["keydb-server", "valkey-server", "redis-server"] as const;

const users = usersWith("secret");

/** Forbidden unless granted below: to see, change or stop the server, its users or clients, run code, or listen in. */
const FORBIDDEN = [
  "acl list",
  "acl setuser writer on",
  "acl whoami",
  "bgsave",
  "client getname",
  "client kill type normal",
  "client list",
  "config get *",
  "config get notify-keyspace-events",
  "config set requirepass x",
  "dbsize",
  "del shared_key",
  "eval return(1) 0",
  "flushall",
  "flushdb",
  "getset shared_key x",
  "info",
  "info server",
  "keys *",
  "latency doctor",
  "module list",
  "monitor",
  "multi",
  "psubscribe *",
  "publish __keyevent@0__:set shared_key",
  "randomkey",
  "rename shared_key x",
  "replicaof no one",
  "restore shared_key 0 x",
  "save",
  "scan 0",
  "script flush",
  "select 1",
  "shutdown nosave",
  "slowlog get",
  "swapdb 0 1",
  "sync",
  "wait 0 1",
];

/** Rights of every role, to find out whether a server is up, healthy, writable, and on time. */
const OF_EVERY_ROLE = [
  "ping",
  "info persistence",
  "info replication",
  "role",
  "time",
  "client setname me",
];

/** For each user, what it may do, and what only others may do. */
const RIGHTS: Record<UserName, { may: string[]; mayNot: string[] }> = {
  replication: {
    may: ["replconf capa psync2"],
    mayNot: [
      "ping",
      "role",
      "time",
      "get shared_key",
      "set shared_key x",
      "subscribe __keyevent@0__:set",
    ],
  },
  writer: {
    may: [
      ...OF_EVERY_ROLE,
      "get shared_key",
      "set shared_key x",
      "get update_interval",
      "set update_interval 1 nx",
      "subscribe __keyevent@0__:set",
      "subscribe __keyspace@0__:update_interval",
    ],
    mayNot: [
      "get handshake_key",
      "set handshake_key x",
      "get other",
      "set other x",
      "mset shared_key x",
      "subscribe __keyevent@0__:del",
      "subscribe __keyevent@1__:set",
      "subscribe __keyspace@0__:shared_key",
      "subscribe other",
      "replconf capa psync2",
      "psync ? -1",
    ],
  },
  listener_sync: listenerRights("listener_sync", "listener_async"),
  listener_async: listenerRights("listener_async", "listener_sync"),
  dashboard: {
    may: [
      ...OF_EVERY_ROLE,
      "client list",
      "get shared_key",
      "get handshake_key:listener_sync",
      "get update_interval",
      "set update_interval 1",
      "set shared_key x", // more than it needs, as rights to keys include reading and writing
      "subscribe __keyevent@0__:set",
      "subscribe __keyspace@0__:shared_key",
      "subscribe __keyspace@0__:update_interval",
      "subscribe __keyspace@0__:handshake_key:listener_sync",
    ],
    mayNot: [
      "client no-evict on",
      "get handshake_key",
      "get other",
      "set other x",
      "mset update_interval 1",
      "subscribe __keyevent@0__:del",
      "subscribe __keyspace@0__:other",
      "subscribe other",
      "psync ? -1",
    ],
  },
  operator: {
    may: [
      "ping",
      "info persistence",
      "info replication",
      "get shared_key",
      "get handshake_key",
      "get handshake_key:listener_sync",
      "get update_interval",
      "set update_interval 1",
      "set handshake_key x", // more than it needs, as rights to keys include reading and writing
    ],
    mayNot: [
      "role",
      "time",
      "client setname me",
      "get other",
      "set other x",
      "mset update_interval 1",
      "subscribe __keyevent@0__:set",
      "psync ? -1",
    ],
  },
};

function listenerRights(own: string, other: string): { may: string[]; mayNot: string[] } {
  return {
    may: [
      ...OF_EVERY_ROLE,
      "get shared_key",
      `mset handshake_key x handshake_key:${own} x`,
      "mset shared_key x", // more than it needs, as rights to keys include reading and writing
      "subscribe __keyevent@0__:set",
      "subscribe __keyspace@0__:shared_key",
    ],
    mayNot: [
      "set handshake_key x",
      "set shared_key x",
      "get update_interval",
      "mset update_interval 1",
      `get handshake_key:${other}`,
      `mset handshake_key x handshake_key:${other} x`,
      "mset handshake_key x other x",
      "subscribe __keyspace@0__:update_interval",
      "subscribe __keyevent@0__:del",
      "subscribe other",
      "psync ? -1",
    ],
  };
}

/** Sends one command over a new connection, as some commands change the connection. */
async function call(url: string, command: string): Promise<unknown> {
  await using client = new TestClient(url);
  client.options.enableReadyCheck = false; // most users lack the right for it
  const [name, ...args] = command.split(" ");
  return await client.call(name, ...args);
}

testOnEngines("users.acl gives each user its rights and no others", async (t, cluster) => {
  const node = cluster.nodes[0];
  for (const user of Object.keys(RIGHTS) as UserName[]) {
    const url = node.urlAs(user);
    const { may, mayNot } = RIGHTS[user];
    await t.step(`${user} may do its work`, async () => {
      for (const command of may) await call(url, command);
    });
    await t.step(`${user} may do nothing else`, async () => {
      const others: string[] = [];
      for (const command of [...FORBIDDEN.filter((command) => !may.includes(command)), ...mayNot]) {
        const outcome = await call(url, command).then(String, (error) => error.message);
        if (!outcome.startsWith("NOPERM ")) others.push(`${command}: ${outcome}`);
      }
      assertEquals(others, []);
    });
  }

  await t.step("without a user, nothing is allowed", async () => {
    for (const password of ["", ...Object.values(users)]) {
      const url = `redis://${password && `:${password}@`}127.0.0.1:${node.port}`;
      await assertRejects(() => call(url, "ping"), Error, password ? "WRONGPASS" : "NOAUTH");
    }
  });
}, { users, engines: SERVERS });

testOnEachEngine("users.acl alone is valid, and rejects every login", async ({ name }) => {
  const dir = await Deno.makeTempDir();
  const path = join(dir, "socket");
  const file = join(import.meta.dirname!, "users.acl");
  const server = new Deno.Command(name, {
    args: ["--aclfile", file, "--port", "0", "--unixsocket", path, "--dir", dir, "--save", ""],
    stdin: "null",
    stdout: "null",
  }).spawn();
  try {
    const answer = () => ask(path, "PING").catch(() => ""); // not listening yet
    await until(async () => await answer() !== "", `${name} with users.acl`);
    assertMatch(await answer(), /^-NOAUTH /);
    for (const user of ["default", ...Object.keys(users)]) {
      for (const password of ["", user]) {
        assertMatch(await ask(path, `AUTH ${user} "${password}"`), /^-WRONGPASS /);
      }
    }
  } finally {
    server.kill();
    await server.status;
    await Deno.remove(dir, { recursive: true });
  }
}, SERVERS);

/** Sends one line to a server, and returns its reply. */
async function ask(path: string, line: string): Promise<string> {
  using connection = await Deno.connect({ transport: "unix", path });
  await connection.write(new TextEncoder().encode(`${line}\r\n`));
  const reply = new Uint8Array(1024);
  return new TextDecoder().decode(reply.subarray(0, await connection.read(reply) ?? 0));
}

testOnEngines("The nodes replicate with the replication user", async (t, cluster) => {
  const { nodes, engine } = cluster;
  let value = 0;

  async function assertReplicated(): Promise<void> {
    for (const from of engine.mesh ? nodes : nodes.slice(0, 1)) {
      const text = `${++value}`;
      await call(from.urlAs("writer"), `set shared_key ${text}`);
      for (const { url, port } of nodes) {
        await until(async () => await call(url, "get shared_key") === text, `it at ${port}`);
      }
    }
  }

  await t.step("from the start", assertReplicated);

  await t.step("after a node was killed and lost its data", async () => {
    const last = nodes.at(-1)!;
    await last.kill();
    await call(nodes[0].urlAs("writer"), "set update_interval 7");
    last.start({ keepData: false });
    await cluster.ready();
    await until(async () => await call(last.url, "get update_interval") === "7", "a full resync");
    await assertReplicated();
  });

  await t.step("after a node was cut off", async () => {
    cluster.cut(2);
    await call(nodes[0].urlAs("writer"), "set update_interval 8");
    cluster.heal(2);
    await cluster.ready();
    await until(async () => await call(nodes[2].url, "get update_interval") === "8", "a resync");
    await assertReplicated();
  });
}, { users, engines: SERVERS, cuttable: true });

for (const password of ["", "two words", 'quo"te', "ünï"]) {
  Deno.test(`start.sh refuses the password '${password}' and does not repeat it`, async () => {
    const dir = await Deno.makeTempDir();
    const { code, stdout, stderr } = await new Deno.Command("sh", {
      args: [join(import.meta.dirname!, "start.sh"), "echo"],
      env: { RUN_DIR: dir, REPLICATION_PASSWORD: password },
    }).output();
    await Deno.remove(dir, { recursive: true });
    assertEquals(code, 1);
    assertEquals(stdout.length, 0);
    assertEquals(
      new TextDecoder().decode(stderr),
      "REPLICATION_PASSWORD must be letters, digits and . _ ~ - only, at least one\n",
    );
  });
}
