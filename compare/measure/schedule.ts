/** The due times of writes: a fixed rate, whatever happens meanwhile (an open loop). */

/** The writes of a run. All due times are known before it begins. */
export interface Schedule {
  /** When the first write is due, in microseconds since the Unix epoch. */
  readonly begin: number;
  /** Writes per second. */
  readonly rate: number;
  /** The number of writes. */
  readonly writes: number;
}

/** The clock of a schedule; tests use a fake one. */
export interface ScheduleClock {
  /** Returns the time in microseconds since the Unix epoch. */
  now(): number;
  /** Resolves at a time, or soon if it has passed; never before pending commands are sent. */
  sleepUntil(micros: number): Promise<void>;
}

/**
 * Returns when a write is due.
 *
 * @param schedule The schedule.
 * @param index The write's index, from 0.
 * @returns Its due time, in microseconds since the Unix epoch.
 *
 * @example Usage
 * ```ts
 * import { dueAt } from "./schedule.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(dueAt({ begin: 5_000_000, rate: 1000, writes: 10 }, 3), 5_003_000);
 * ```
 */
export function dueAt({ begin, rate }: Schedule, index: number): number {
  return begin + Math.floor(index * 1e6 / rate);
}

/**
 * Follows a schedule: sends every write when it is due. After a delay, all writes that have become due are sent at
 * once, each with its own due time. So a delay counts for every write that it held up, not only for the first one (no
 * coordinated omission).
 *
 * @param schedule The schedule.
 * @param send Sends the writes from one index up to another, without waiting for replies.
 * @param clock The clock.
 *
 * @example Usage
 * ```ts
 * import { followSchedule } from "./schedule.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let now = 0;
 * const clock = { now: () => now, sleepUntil: async (micros: number) => void (now = micros) };
 * const sent: number[] = [];
 * await followSchedule({ begin: 100, rate: 1000, writes: 3 }, () => sent.push(now), clock);
 * assertEquals(sent, [100, 1100, 2100]);
 * ```
 */
export async function followSchedule(
  schedule: Schedule,
  send: (from: number, to: number) => void,
  clock: ScheduleClock,
): Promise<void> {
  for (let sent = 0; sent < schedule.writes;) {
    await clock.sleepUntil(dueAt(schedule, sent));
    const due = countDue(schedule, clock.now());
    if (due > sent) send(sent, due);
    sent = Math.max(sent, due);
  }
}

function countDue(schedule: Schedule, now: number): number {
  const { begin, rate, writes } = schedule;
  if (now < begin) return 0;
  const estimate = Math.floor((now - begin) * rate / 1e6);
  // Due times are rounded down to microseconds, so the next write may already be due.
  return Math.min(writes, dueAt(schedule, estimate + 1) <= now ? estimate + 2 : estimate + 1);
}
