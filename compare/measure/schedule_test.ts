/** The schedule, with a fake clock. */

import { assert, assertEquals } from "@std/assert";
import fc from "fast-check";
import { dueAt, followSchedule, type Schedule } from "./schedule.ts";

/** A clock that moves only when someone sleeps, or by what `stall` adds while a write is sent. */
class FakeClock {
  micros = 0;

  now(): number {
    return this.micros;
  }

  sleepUntil(micros: number): Promise<void> {
    this.micros = Math.max(this.micros, micros);
    return Promise.resolve();
  }
}

/** Follows a schedule, and returns when each write was sent. */
async function sendTimes(schedule: Schedule, stall: (index: number) => number = () => 0) {
  const clock = new FakeClock();
  const times: number[] = [];
  await followSchedule(schedule, (from, to) => {
    for (let index = from; index < to; index++) times.push(clock.micros);
    clock.micros += stall(from);
  }, clock);
  return times;
}

Deno.test("followSchedule() sends each write at its time", async () => {
  const schedule = { begin: 1_000_000, rate: 3, writes: 4 };
  assertEquals(await sendTimes(schedule), [1_000_000, 1_333_333, 1_666_666, 2_000_000]);
});

Deno.test("followSchedule() sends all delayed writes at once after a stall, and then is on time again", async () => {
  const schedule = { begin: 0, rate: 1000, writes: 8 };
  const times = await sendTimes(schedule, (index) => index === 2 ? 3500 : 0);
  assertEquals(times, [0, 1000, 2000, 5500, 5500, 5500, 6000, 7000]);
  const lateness = times.map((time, index) => time - dueAt(schedule, index));
  assertEquals(lateness, [0, 0, 0, 2500, 1500, 500, 0, 0]);
});

Deno.test("followSchedule() sends every write once, in order, and never early", async () => {
  await fc.assert(fc.asyncProperty(
    fc.record({
      begin: fc.integer({ min: 0, max: 2e15 }),
      rate: fc.double({ min: 0.5, max: 50_000, noNaN: true }),
      writes: fc.integer({ min: 1, max: 300 }),
    }),
    fc.infiniteStream(fc.integer({ min: 0, max: 20_000 })),
    async (schedule, stalls) => {
      const times = await sendTimes(schedule, () => stalls.next().value!);
      assertEquals(times.length, schedule.writes);
      times.forEach((time, index) => assert(time >= dueAt(schedule, index)));
    },
  ));
});
