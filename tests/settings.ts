/** Environments, good and bad, for tests, with the settings that a role must read from them. */

import fc from "fast-check";
import type { Config } from "../lib/role/config.ts";
import { SETTINGS } from "../lib/role/settings.ts";

/** A part of all generated passwords, which no message may contain. */
export const SECRET = "s3cr3t";

/** A variable's text, if it is set. */
interface Setting {
  readonly text?: string;
  /** The setting's value; absent if the text is invalid, or if there is no text. */
  readonly value?: unknown;
  readonly isBad: boolean;
}

/** An environment, and what a role must read from it. */
export interface Environment {
  /** The variables that are set. */
  readonly variables: Readonly<Record<string, string>>;
  /** The names of invalid variables, in the order of their report. */
  readonly bad: readonly string[];
  /** The settings of the other variables. */
  readonly config: Partial<Config>;
}

/** Texts without NUL, which no environment can hold, and in valid UTF-8. */
const noise = fc.oneof(
  fc.constantFrom("-1", "NaN", "Infinity", "1e3", "0x10", " ", "\n", "\x1b[2K", "\u202e", "1,5"),
  fc.constantFrom("x\nERROR forged", "x".repeat(100_000), "9".repeat(400), "1".repeat(1e5) + "x"),
  fc.string({ unit: "binary", minLength: 1, maxLength: 40 }),
).map((text) => text.toWellFormed().replaceAll("\0", "\x01"));

function anyCase(word: string): fc.Arbitrary<string> {
  return fc.mixedCase(fc.constant(word));
}

/** Valid settings: texts, and the value of each. */
function good(...choices: fc.Arbitrary<readonly [string, unknown]>[]): fc.Arbitrary<Setting> {
  return fc.oneof(...choices).map(([text, value]) => ({ text, value, isBad: false }));
}

/** Invalid settings: noise, unless valid by chance, and some more. */
function bad(isRight: (text: string) => boolean, ...more: string[]): fc.Arbitrary<Setting> {
  const wrong = noise.filter((text) => !isRight(text));
  return fc.oneof(wrong, ...more.map((text) => fc.constant(text)))
    .map((text) => ({ text, isBad: true }));
}

function choice(...words: string[]): [fc.Arbitrary<Setting>, fc.Arbitrary<Setting>] {
  return [
    good(...words.map((word) => anyCase(word).map((text) => [text, word] as const))),
    bad((text) => words.includes(text.toLowerCase()), `${words[0]} `, `${words[0]}\n`),
  ];
}

/** Decimal numbers between two limits, in steps of 1 / divisor. */
function decimal(min: number, max: number, divisor: number) {
  const numbers = fc.integer({ min: min * divisor, max: max * divisor }).map((n) => n / divisor);
  const isRight = (text: string) => /^\s*[\d.]+\s*$/.test(text) && +text >= min && +text <= max;
  return [
    good(
      numbers.map((number) => [`${number}`, number]),
      numbers.map((number) => [` 0${number}\n`, number]),
    ),
    bad(isRight, "0", `${max + 1 / divisor}`, `-${min}`, `${max}s`, `${min}.${min}.`),
  ] as const;
}

/** Settings that may also be 0. */
function orZero([right, wrong]: readonly [fc.Arbitrary<Setting>, fc.Arbitrary<Setting>]) {
  const zeros = fc.constantFrom("0", "00.0", " 0\n").map((text) => [text, 0] as const);
  return [
    fc.oneof(right, good(zeros)),
    wrong.filter(({ text }) => text!.trim() === "" || Number(text) !== 0),
  ] as const;
}

const host = fc.constantFrom("127.0.0.1", "keydb_01", "[::1]", "a.example");
const user = fc.constantFrom("", "bob", "%40%3A");
const port = fc.option(fc.integer({ min: 1, max: 65535 }));
const parts = fc.record({ tls: fc.boolean(), host, port, user, password: fc.boolean() });
const separator = fc.constantFrom(",", ", ", " ,\n");
/** One to three servers with the same database. */
const urls = fc.tuple(
  fc.array(parts, { minLength: 1, maxLength: 3 }),
  fc.option(fc.nat(99999)),
  separator,
).map(([servers, db, separator]) => {
  const texts = servers.map(({ tls, host, port, user, password }) => {
    const login = password ? `${user}:${SECRET}%2F@` : user && `${user}@`;
    const place = `${host}${port === null ? "" : `:${port}`}${db === null ? "" : `/${db}`}`;
    return `redis${tls ? "s" : ""}://${login}${place}`;
  });
  const values = servers.map(({ tls, host, port, user, password }) => ({
    host: host.replace(/[[\]]/g, ""),
    port: port ?? 6379,
    ...(user && { username: decodeURIComponent(user) }),
    ...(password && { password: `${SECRET}/` }),
    db: db ?? 0,
    ...(tls && { tls: {} }),
  }));
  return [texts.join(separator), values] as const;
});
const login = `bob:${SECRET}@`;

/** Valid and invalid texts of every setting, except for those of TLS. */
const TEXTS: Record<
  keyof Config,
  readonly [good: fc.Arbitrary<Setting>, bad: fc.Arbitrary<Setting>]
> = {
  servers: [
    good(urls),
    bad(
      (text) => /^\s*rediss?:/i.test(text),
      `http://${login}h`,
      `redis://${login}h:0`,
      `redis://${login}h:65536`,
      `redis://${login}h/one`,
      `redis://${login}h/0/1`,
      `redis://${login}h\n/x`,
      `redis://${login}`,
      `redis://bob:${SECRET}/#?@h`,
      `redis://bob:${SECRET}%zz@h`,
      `redis://h?password=${SECRET}`,
      `${login}h`,
      `redis://${login}h/1,redis://${login}h/2`,
      `redis://${login}h,`,
      `redis://${login}h,i`,
    ),
  ],
  roleName: [
    good(
      fc.constantFrom("w", "Deno07", "é👋", "__proto__", "x".repeat(64), "%s", "$&", '"\\')
        .map((text) => [text, text]),
    ),
    bad((text) => /^[^\s\p{C}]{1,64}$/u.test(text), "x".repeat(65), "my role", "w\n", "\u2028"),
  ],
  updateInterval: decimal(0.001, 86400, 1000),
  via: choice("keyevent", "keyspace"),
  reconcileInterval: decimal(0.1, 3, 10),
  callbackConcurrency: decimal(1, 10000, 1),
  simulatedWork: [
    good(
      anyCase("none").map((text) => [text, { kind: "none" }]),
      fc.tuple(fc.constantFrom("wait", "compute"), fc.integer({ min: 1, max: 100_000 }))
        .map(([kind, tenths]) => [`${kind} ${tenths / 10}`, { kind, ms: tenths / 10 }]),
    ),
    bad((text) => /^none$/i.test(text), "wait", "compute 0", "wait 10000.1", "wait 5 ms", "none 1"),
  ],
  warmUp: choice("yes", "no"),
  logLevel: choice("debug", "info", "warn", "error"),
  logFormat: choice("text", "json"),
  reportInterval: orZero(decimal(0.1, 3600, 10)),
  metricsPort: orZero(decimal(1, 65535, 1)),
  dashboardPort: decimal(1, 65535, 1),
  bindAddress: [
    good(
      fc.constantFrom("127.0.0.1", "0.0.0.0", "::", "::1", "localhost").map((text) => [text, text]),
    ),
    bad(() => false, "127.0.0.1:80", "[::1]", "example.com", "localhost ", "1.2.3"),
  ],
  dashboardToken: [
    good(fc.stringMatching(/^[!-~]{1,256}$/).map((text) => [text, text])),
    bad((text) => /^[!-~]{1,256}$/.test(text), `${SECRET} x`, `${SECRET}é`, SECRET.repeat(50)),
  ],
  dashboardOrigin: [
    good(
      fc.constantFrom("", "/").map((end) => [`https://Dash.example${end}`, "https://dash.example"]),
      fc.integer({ min: 1, max: 79 }).map((
        port,
      ) => [`http://[::1]:${port}`, `http://[::1]:${port}`]),
    ),
    bad(
      () => false,
      "dash.example",
      "https://",
      "ftp://dash.example",
      "https://dash.example/page",
      "https://bob@dash.example",
      "https://dash.example?x",
      "null",
    ),
  ],
  listeners: [
    good(
      fc.tuple(
        fc.uniqueArray(fc.constantFrom("a", "listener_sync", "é👋", "__proto__"), { minLength: 1 }),
        separator,
      ).map(([names, separator]) => [names.join(separator), names]),
    ),
    bad(
      (text) => text.split(",").every((name) => /^[^\s\p{C}]{1,64}$/u.test(name.trim())),
      ",",
      "a,",
      "a,b,a",
      "a b",
    ),
  ],
};

const NAMES = Object.keys(TEXTS) as (keyof Config)[];

/** All variables at once, each of them absent, empty, valid or invalid. */
export const environment: fc.Arbitrary<Environment> = fc.tuple(
  ...NAMES.map((name) => {
    const [good, bad] = TEXTS[name];
    return fc.oneof(
      fc.constantFrom<Setting>({ isBad: false }, { text: "", isBad: false }),
      { weight: 3, arbitrary: good },
      { weight: 2, arbitrary: bad },
    );
  }),
).map((settings) => {
  const drawn = settings.map((setting, index) => ({
    ...setting,
    name: NAMES[index],
    variable: SETTINGS[NAMES[index]].variable,
  }));
  const set = drawn.filter(({ text }) => text !== undefined);
  const right = drawn.filter(({ value }) => value !== undefined);
  return {
    variables: Object.fromEntries(set.map(({ variable, text }) => [variable, text!])),
    bad: drawn.filter(({ isBad }) => isBad).map(({ variable }) => variable),
    config: Object.fromEntries(right.map(({ name, value }) => [name, value])),
  };
});
