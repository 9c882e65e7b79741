import { assertEquals, assertMatch } from "@std/assert";
import { Authority } from "../../cluster/certificates.ts";
import type { TlsSettings } from "../connect/tls.ts";
import { ConfigError, readConfig } from "./config.ts";

const authority = await Authority.create("Our authority");
const ours = await authority.issue(["a role"]);
const another = await authority.issue(["another role"]);

function read(env: Record<string, string>, url = "rediss://h"): [TlsSettings?, string[]?] {
  try {
    const all: Record<string, string> = { KEYDB_URL: url, ...env };
    return [readConfig("me", (name) => all[name]).servers[0].tls];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return [undefined, [...error.problems]];
  }
}

Deno.test("readConfig() accepts PEM text and paths of files with it", async () => {
  const path = await Deno.makeTempFile();
  await Deno.writeTextFile(path, `Our authority\n${authority.cert}\r\n`);
  const [settings, problems] = read({
    KEYDB_CA_CERT: path,
    KEYDB_CLIENT_CERT: `${ours.cert}\n${authority.cert}\n`,
    KEYDB_CLIENT_KEY: ours.key,
  });
  assertEquals(problems, undefined);
  assertEquals(settings, {
    ca: `Our authority\n${authority.cert}\r\n`,
    cert: `${ours.cert}\n${authority.cert}\n`,
    key: ours.key,
  });
  await Deno.remove(path);
  assertEquals(read({ KEYDB_CA_CERT: "" }), [{}]);
});

Deno.test("readConfig() says what is wrong, and never shows a key", async () => {
  const dir = await Deno.makeTempDir();
  const empty = `${dir}/empty`;
  await Deno.writeTextFile(empty, "");
  const certificates = "must be certificates as PEM text, or the path of a file with them:";
  const key =
    "must be a private key without a passphrase as PEM text, or the path of a file with it:";
  const cut = ours.key.slice(30, 100);
  const cases: [Record<string, string>, string][] = [
    [
      { KEYDB_CA_CERT: "no/such" },
      `${certificates} got "no/such", and there is no such file`,
    ],
    [
      { KEYDB_CA_CERT: empty },
      `${certificates} got "${empty}", and the file holds none`,
    ],
    [
      { KEYDB_CA_CERT: dir },
      `${certificates} got "${dir}", and the file cannot be read (EISDIR)`,
    ],
    [{ KEYDB_CA_CERT: ours.key }, `${certificates} got PEM text that holds none`],
    [
      { KEYDB_CA_CERT: ours.cert + ours.cert },
      `${certificates} got PEM text that holds none`,
    ],
    [
      { KEYDB_CLIENT_KEY: ours.cert, KEYDB_CLIENT_CERT: ours.cert },
      `${key} got PEM text that holds none`,
    ],
    [
      { KEYDB_CLIENT_KEY: cut, KEYDB_CLIENT_CERT: ours.cert },
      `${key} got a text that is not shown, and there is no such file`,
    ],
    [{ KEYDB_CLIENT_CERT: ours.cert }, "must be set if KEYDB_CLIENT_CERT is: it is absent"],
    [{ KEYDB_CLIENT_KEY: ours.key }, "must be set if KEYDB_CLIENT_KEY is: it is absent"],
    [
      { KEYDB_CLIENT_KEY: another.key, KEYDB_CLIENT_CERT: ours.cert },
      "must be the key of KEYDB_CLIENT_CERT: it belongs to another certificate",
    ],
  ];
  for (const [env, sentence] of cases) {
    const [, problems = []] = read(env);
    assertEquals(problems.length, 1, problems.join("\n"));
    assertMatch(problems[0], /^KEYDB_[A-Z_]+ must be /);
    assertEquals(problems[0].replace(/^\S+ /, ""), sentence);
  }
  await Deno.remove(dir, { recursive: true });
});

Deno.test("readConfig() rejects TLS settings if no server uses TLS", () => {
  const [, problems] = read({ KEYDB_CA_CERT: authority.cert }, "redis://h");
  assertEquals(problems, [
    "KEYDB_CA_CERT must be absent if KEYDB_URL names no rediss:// server: it is set",
  ]);
});
