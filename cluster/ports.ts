/** Free ports of this machine. */

/**
 * Finds ports that are free now.
 *
 * @param count How many.
 * @returns Their numbers. All stay open until the last one is known, so they differ.
 */
export function freePorts(count: number): number[] {
  const listeners = Array.from({ length: count }, () => listen(0));
  const ports = listeners.map(({ addr }) => addr.port);
  for (const listener of listeners) listener.close();
  return ports;
}

/**
 * Finds consecutive free ports, below the range that systems use for outgoing connections: in that range, any program
 * may get a port before it is used here.
 *
 * @param count How many.
 * @returns The first number.
 */
export function freeRow(count: number): number {
  while (true) {
    const first = 10_000 + Math.floor(Math.random() * 20_000);
    if (Array.from({ length: count }, (_, index) => first + index).every(isFree)) return first;
  }
}

/**
 * Checks whether a port is free now.
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
