/**
 * Asks the role on this machine whether it is ready, or with the argument `healthz` whether it lives; for the
 * health checks of containers. If it is not, it says why, and exits with 1.
 */

import { get } from "node:http"; // fetch() would ask a proxy that the environment names

/** How long the answer may take, in milliseconds. */
const LIMIT_MS = 2000;

/** Asks; resolves to what is wrong, if anything. */
async function findProblem(route: string): Promise<string | undefined> {
  const port = Number(Deno.env.get("METRICS_PORT"));
  if (!port) return "METRICS_PORT must be the port that the role serves, and is not set";
  const { promise, resolve } = Promise.withResolvers<string | undefined>();
  setTimeout(() => resolve(`no answer within ${LIMIT_MS / 1000} s`), LIMIT_MS);
  const request = get({ host: "127.0.0.1", port, path: `/${route}` }, async (response) => {
    const parts = await Array.fromAsync(response.setEncoding("utf8")).catch(String);
    const text = [...parts].join("").trim();
    resolve(response.statusCode === 200 ? undefined : text);
  });
  request.on("error", (error) => resolve(error.message));
  return await promise;
}

if (import.meta.main) {
  const problem = await findProblem(Deno.args[0] ?? "readyz");
  if (problem !== undefined) console.log(problem);
  Deno.exit(problem === undefined ? 0 : 1);
}
