/** A port of this machine that a role serves. */

import { nameServer } from "./server.ts";

/** Which port is served, and what for. */
export interface ServeOptions {
  /** What is served, as it completes the sentence "cannot serve …". */
  readonly what: string;
  /** The variable that names the port. */
  readonly setting: string;
  /** The address of this machine. */
  readonly host: string;
  /** The port; 0 for any that is free. */
  readonly port: number;
}

/** A port that is served until it is disposed of. */
export interface Served extends AsyncDisposable {
  /** The port's number. */
  readonly port: number;
}

/**
 * Serves a port over HTTP.
 *
 * @param options Which one, and what for.
 * @param answer Answers one request.
 * @returns What ends it, requests that are under way among it.
 * @throws {Error} Where the port cannot be served, with a sentence that says which setting to change.
 *
 * @example Usage
 * ```ts
 * import { serve } from "./serving.ts";
 *
 * const options = { what: "greetings", setting: "PORT", host: "127.0.0.1", port: 0 };
 * await using greetings = serve(options, () => new Response("Hello"));
 * console.log(await (await fetch(`http://127.0.0.1:${greetings.port}`)).text());
 * ```
 */
export function serve(
  options: ServeOptions,
  answer: (request: Request) => Response | Promise<Response>,
): Served {
  const { host: hostname, port } = options;
  const stop = new AbortController();
  try {
    const server = Deno.serve({ hostname, port, signal: stop.signal, onListen() {} }, answer);
    return {
      port: server.addr.port,
      async [Symbol.asyncDispose]() {
        stop.abort(); // nobody who is slow holds it up
        await server.finished;
      },
    };
  } catch (error) {
    throw new Error(explain(error, options), { cause: error });
  }
}

/** Says why a port cannot be served, and what to change. */
function explain(error: unknown, { what, setting, host, port }: ServeOptions): string {
  const address = nameServer({ host, port });
  const sentence = `Cannot serve ${what} on ${address}`;
  if (error instanceof Deno.errors.AddrInUse) {
    return `${sentence} as something else is served there: ${setting} must be a port that is free`;
  }
  if (error instanceof Deno.errors.NotCapable) {
    return `${sentence} as Deno's permissions do not allow it: --allow-net must include ${address}`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `${sentence} as the operating system does not allow it: ${setting} must be from 1024 up`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `${sentence}: SERVE_HOST must be an address of this machine`;
  }
  return `${sentence}: ${(error as Error).message}`;
}
