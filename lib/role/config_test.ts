import {
  assertEquals,
  assertFalse,
  assertMatch,
  assertStringIncludes,
  assertThrows,
} from "@std/assert";
import fc from "fast-check";
import { environment, SECRET } from "../../tests/settings.ts";
import { ConfigError, readConfig } from "./config.ts";
import { SETTINGS } from "./settings.ts";

function read(env: Record<string, string>) {
  return readConfig("listener_sync", (name) => env[name]);
}

Deno.test("readConfig() has a default for every setting", () => {
  assertEquals(read({}), {
    servers: [{ host: "127.0.0.1", port: 6379, db: 0 }],
    roleName: "listener_sync",
    updateInterval: 10,
    via: "keyevent",
    reconcileInterval: 2,
    callbackConcurrency: 64,
    simulatedWork: { kind: "none" },
    warmUp: "yes",
    logLevel: "info",
    logFormat: "text",
    reportInterval: 0,
    metricsPort: 0,
    dashboardPort: 8000,
    bindAddress: "127.0.0.1",
    dashboardToken: undefined,
    dashboardOrigin: undefined,
    listeners: ["listener_sync", "listener_async"],
  });
});

Deno.test("readConfig() treats an empty variable as absent", () => {
  assertEquals(read({ UPDATE_INTERVAL: "" }).updateInterval, 10);
});

Deno.test("readConfig() reads REDIS_URL if KEYDB_URL is absent, and names the one it read", () => {
  const REDIS_URL = "redis://other";
  assertEquals(read({ REDIS_URL }).servers, [{ host: "other", port: 6379, db: 0 }]);
  assertEquals(read({ REDIS_URL, KEYDB_URL: "" }).servers[0].host, "other");
  assertEquals(read({ REDIS_URL, KEYDB_URL: "redis://first" }).servers[0].host, "first");
  const { message } = assertThrows(() => read({ REDIS_URL: "http://a:b@c" }), ConfigError);
  assertMatch(message, /^REDIS_URL must be redis:.*: got "http:\/\/\*\*\*@c"$/);
});

Deno.test("readConfig() reads every setting", () => {
  const config = read({
    KEYDB_URL: "redis://h:1/2, redis://i/2",
    ROLE_NAME: "me",
    UPDATE_INTERVAL: "0.5",
    NOTIFICATION_CHANNEL: "keyspace",
    RECONCILE_INTERVAL: "1.5",
    CALLBACK_CONCURRENCY: "8",
    SIMULATED_WORK: "wait 2.5",
    WARM_UP: "No",
    LOG_LEVEL: "WARN",
    LOG_FORMAT: "json",
    REPORT_INTERVAL: "0.1",
    METRICS_PORT: "9100",
    DASHBOARD_PORT: "80",
    BIND_ADDRESS: "::",
    DASHBOARD_TOKEN: "open/sesame",
    DASHBOARD_ORIGIN: "https://Dash.example.com:443/",
    DASHBOARD_LISTENERS: "a, b",
  });
  assertEquals(config, {
    servers: [
      { host: "h", port: 1, db: 2 },
      { host: "i", port: 6379, db: 2 },
    ],
    roleName: "me",
    updateInterval: 0.5,
    via: "keyspace",
    reconcileInterval: 1.5,
    callbackConcurrency: 8,
    simulatedWork: { kind: "wait", ms: 2.5 },
    warmUp: "no",
    logLevel: "warn",
    logFormat: "json",
    reportInterval: 0.1,
    metricsPort: 9100,
    dashboardPort: 80,
    bindAddress: "::",
    dashboardToken: "open/sesame",
    dashboardOrigin: "https://dash.example.com",
    listeners: ["a", "b"],
  });
});

Deno.test("readConfig() reports every problem at once: variable, value, what is valid", () => {
  const error = assertThrows(
    () =>
      read({
        KEYDB_URL: "http://bob:secret@host",
        ROLE_NAME: "my role",
        UPDATE_INTERVAL: "0",
        NOTIFICATION_CHANNEL: "telepathy",
        RECONCILE_INTERVAL: "never",
        CALLBACK_CONCURRENCY: "1.5",
        SIMULATED_WORK: "sleep",
        WARM_UP: "perhaps",
        LOG_LEVEL: "loud",
        LOG_FORMAT: "xml",
        REPORT_INTERVAL: "0.01",
        METRICS_PORT: "65536",
        DASHBOARD_PORT: "0",
        BIND_ADDRESS: "here",
        DASHBOARD_TOKEN: "open sesame",
        DASHBOARD_ORIGIN: "dash.example.com",
        DASHBOARD_LISTENERS: "a,a",
      }),
    ConfigError,
  );
  assertEquals(error.problems, [
    "KEYDB_URL must be redis://[user:password@]host[:port][/db] (rediss:// for TLS), with special " +
    "characters of user and password percent-encoded, or several of these with commas in between, all of " +
    'the same database: got "http://***@host"',
    "ROLE_NAME must be 1 to 64 characters without blanks and control characters: " +
    'got "my role"',
    'UPDATE_INTERVAL must be a number of seconds from 0.001 to 86400: got "0"',
    'NOTIFICATION_CHANNEL must be keyevent or keyspace: got "telepathy"',
    'RECONCILE_INTERVAL must be a number of seconds from 0.1 to 3: got "never"',
    'CALLBACK_CONCURRENCY must be a whole number from 1 to 10000: got "1.5"',
    "SIMULATED_WORK must be none, or wait or compute with a number of milliseconds from 0.1 to 10000, " +
    'such as wait 5: got "sleep"',
    'WARM_UP must be yes or no: got "perhaps"',
    'LOG_LEVEL must be debug, info, warn or error: got "loud"',
    'LOG_FORMAT must be text or json: got "xml"',
    "REPORT_INTERVAL must be a number of seconds from 0.1 to 3600, or 0 for no reports: " +
    'got "0.01"',
    'METRICS_PORT must be the number of a port from 1 to 65535, or 0 for no metrics: got "65536"',
    'DASHBOARD_PORT must be the number of a port from 1 to 65535: got "0"',
    "BIND_ADDRESS must be an IP address of this machine, such as 127.0.0.1, or 0.0.0.0 for all of them, " +
    'or localhost: got "here"',
    "DASHBOARD_TOKEN must be at most 256 letters, digits and signs of ASCII: got ***",
    "DASHBOARD_ORIGIN must be the origin of the page behind a proxy, such as https://dash.example.com: " +
    'got "dash.example.com"',
    "DASHBOARD_LISTENERS must be one to ten different names of listeners with commas in between, each of 1 to 64 " +
    'characters without blanks, commas and control characters: got "a,a"',
  ]);
});

Deno.test("readConfig() shows a hostile value on one line", () => {
  const error = assertThrows(() => read({ LOG_LEVEL: "\u001b[31m\nforged" }), ConfigError);
  assertStringIncludes(error.message, '"\\x1b[31m\\nforged"');
});

Deno.test("readConfig() returns settings or throws a ConfigError that names the variable, whatever it reads", () => {
  const names = Object.values(SETTINGS).map(({ variable }) => variable).filter((name) =>
    !/_CERT$|_KEY$/.test(name) // the TLS settings are checked together
  );
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.string({ unit: "binary" }), (name, value) => {
      try {
        read({ [name]: value });
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
        assertEquals(error.problems.length, 1);
        assertStringIncludes(error.message, `${name} must be `);
        assertFalse(/\p{C}/u.test(error.message));
      }
    }),
    { numRuns: 1000 },
  );
});

Deno.test("readConfig() reads valid settings, or names all invalid ones and shows no password", () => {
  fc.assert(
    fc.property(environment, ({ variables, bad, config }) => {
      if (bad.length === 0) {
        assertEquals(read(variables), { ...read({}), ...config });
        return;
      }
      const { problems } = assertThrows(() => read(variables), ConfigError);
      assertEquals(problems.map((problem) => problem.split(" must be ", 1)[0]), bad);
      for (const problem of problems) {
        assertFalse(/[\p{C}\p{Zl}\p{Zp}]/u.test(problem), problem);
        assertFalse(problem.includes(SECRET), problem);
      }
    }),
    { numRuns: 2000 },
  );
});

Deno.test("readConfig() reports a variable that is not UTF-8, and hides its value", () => {
  function getEnv(name: string): string | undefined {
    if (name === "KEYDB_URL") throw new Deno.errors.InvalidData(`no unicode: "${SECRET}\\xff"`);
    return undefined;
  }
  const { problems } = assertThrows(() => readConfig("me", getEnv), ConfigError);
  assertEquals(problems.length, 1);
  assertStringIncludes(problems[0], "KEYDB_URL must be redis://");
  assertStringIncludes(problems[0], ": its bytes are no UTF-8 text");
  assertFalse(problems[0].includes(SECRET));
});
