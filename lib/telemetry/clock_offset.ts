/** How far our clock and a server's are apart. */

import { nowMicros } from "../clock.ts";

/** Anything that returns a server's time, such as a connection of ioredis. */
export interface TimeServer {
  /** Asks for the server's time: seconds since the Unix epoch, and microseconds. */
  time(): Promise<readonly (number | string)[]>;
}

/** How far two clocks are apart, in microseconds. */
export interface ClockOffset {
  /** One clock minus the other. */
  readonly offset: number;
  /** The greatest possible error of the offset. */
  readonly uncertainty: number;
}

/** Options for {@linkcode estimateClockOffset}. */
export interface ClockOffsetOptions {
  /**
   * How often the server is asked.
   *
   * @default {8}
   */
  rounds?: number;
  /** Reads our clock, in microseconds since the Unix epoch; by default the system's. */
  now?: () => number;
}

/** One question and its answer, in microseconds. */
interface Round {
  readonly asked: number;
  readonly answered: number;
  readonly serverTime: number;
}

/** Some servers send whole milliseconds only; the others send microseconds. */
const COARSE_MICROS = 1000;

/**
 * Estimates how far our clock and a server's are apart, by the server's `TIME`
 * ({@link https://redis.io/docs/latest/commands/time/}) and Cristian's algorithm: the server read its clock at some
 * time between request and reply, so the middle between them is wrong by at most half of the round trip. The shortest
 * round counts, as its possible error is the smallest.
 *
 * A server that sends whole milliseconds cuts off half of one on average. This half is added; the error can then be
 * greater by as much. Neither clock may be set meanwhile.
 *
 * @param server The connection.
 * @param options How often to ask, and our clock.
 * @returns Our clock minus the server's, and the greatest error of that.
 * @throws The error of ioredis, if the server did not answer.
 *
 * @example Usage
 * ```ts
 * import { estimateClockOffset } from "./clock_offset.ts";
 * import { nowMicros } from "../clock.ts";
 * import { assertAlmostEquals } from "@std/assert";
 *
 * const behind = { time: () => Promise.resolve([Math.floor(nowMicros() / 1e6) - 60, 0]) };
 * const { offset } = await estimateClockOffset(behind);
 * assertAlmostEquals(offset, 60_500_000, 500_000);
 * ```
 */
export async function estimateClockOffset(
  server: TimeServer,
  { rounds = 8, now = nowMicros }: ClockOffsetOptions = {},
): Promise<ClockOffset> {
  const done: Round[] = [];
  while (done.length < rounds) {
    const asked = now();
    const [seconds, micros] = (await server.time()).map(Number);
    done.push({ asked, answered: now(), serverTime: seconds * 1e6 + micros });
  }
  const isCoarse = done.every(({ serverTime }) => serverTime % COARSE_MICROS === 0);
  const resolution = isCoarse ? COARSE_MICROS : 1;
  return done.map((round) => judge(round, resolution))
    .reduce((best, other) => other.uncertainty < best.uncertainty ? other : best);
}

/** Both clocks cut off what is finer than their resolution; ours cuts off up to a microsecond of each reading. */
function judge({ asked, answered, serverTime }: Round, resolution: number): ClockOffset {
  return {
    offset: (asked + answered + 1) / 2 - (serverTime + resolution / 2),
    uncertainty: (answered + 1 - asked) / 2 + resolution / 2,
  };
}
