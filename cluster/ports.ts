/** Ports of this machine that are free. */

/**
 * Finds ports that are free now.
 *
 * @param count How many.
 * @returns Their numbers; all are held until the last one is known, so that they differ.
 */
export function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => listen(0));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

/**
 * Finds ports in a row that are free now, below those that systems give to connections on their own: with those,
 * any program may have the next port before it is used.
 *
 * @param count How many.
 * @returns The number of the first one.
 */
export function freeRow(count: number): number {
  while (true) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    if (Array.from({ length: count }, (_, index) => first + index).every(isFree)) return first;
  }
}

/**
 * Tells whether a port is free now.
 *
 * @param port Its number.
 * @returns Whether no program listens there.
 */
export function isFree(port: number): boolean {
  try {
    listen(port).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

function listen(port: number): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port });
}
