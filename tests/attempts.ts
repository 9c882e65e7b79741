/**
 * Tries what a program may want to do besides its work, and prints the outcomes as JSON. The arguments are addresses to
 * connect to, as `host:port`.
 */

import { connect } from "node:net";

/** What to try besides connecting. */
const ATTEMPTS: Record<string, () => unknown> = {
  "read a file of the project": () => Deno.readTextFile("deno.json"),
  "open /dev/null": () => Deno.openSync("/dev/null").close(),
  "read a file of the system": () => Deno.readTextFile("/etc/passwd"),
  "read the environment as a file": () => Deno.readTextFile("/proc/self/environ"),
  "list a folder": () => Array.fromAsync(Deno.readDir(".")),
  "write a file": () => Deno.writeTextFile("/tmp/attempt", ""),
  "make a temporary file": () => Deno.makeTempFile(),
  "run a program": () => new Deno.Command("true").output(),
  "send a signal": () => Deno.kill(Deno.ppid, "SIGTERM"),
  "load a native library": () => Deno.dlopen("libc.so.6", {}),
  "ask for the machine's name": () => Deno.hostname(),
  "ask for the network's interfaces": () => Deno.networkInterfaces(),
  "serve": () => Deno.listen({ port: 0 }),
  "ask a name server": () => Deno.resolveDns("example.com", "A"),
  "load code from the web": () => importFrom("https://example.com/attempt.ts"),
  "load code from another registry": () => importFrom("https://deno.land/x/attempt.ts"),
  "read a setting": () => Deno.env.get("KEYDB_URL"),
  "read a variable that is none": () => Deno.env.get("NOT_A_SETTING") ?? "nothing",
};

function importFrom(url: string): Promise<unknown> {
  return import(url);
}

/** Connects as ioredis does. */
function connectTo(address: string): Promise<void> {
  const [host, port] = address.split(":");
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port: Number(port) }, () => resolve(void socket.destroy()));
    socket.on("error", reject);
  });
}

/** Returns the result of an attempt, or the reason why it failed. */
async function outcomeOf(attempt: () => unknown): Promise<unknown> {
  try {
    return await attempt() ?? "done";
  } catch (error) {
    const { name, code, message } = error as NodeJS.ErrnoException;
    return /^Requires \w+ access/.test(message) ? "NotCapable" : code ?? `${name}: ${message}`;
  }
}

if (import.meta.main) {
  const attempts = Object.entries(ATTEMPTS);
  for (const to of Deno.args) attempts.push([`connect to ${to}`, () => connectTo(to)]);
  const outcomes: Record<string, unknown> = {};
  for (const [what, attempt] of attempts) outcomes[what] = await outcomeOf(attempt);
  console.log(JSON.stringify(outcomes));
  Deno.exit();
}
