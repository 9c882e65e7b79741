import { assertEquals } from "@std/assert";
import { IntervalTimer, type TimerClock } from "./interval_timer.ts";

/** A clock that a test moves. */
class FakeClock implements TimerClock {
  #now = 0;
  #waiting = new Map<() => void, number>();

  now(): number {
    return this.#now;
  }

  schedule(callback: () => void, ms: number): () => void {
    this.#waiting.set(callback, this.#now + ms);
    return () => this.#waiting.delete(callback);
  }

  /** Lets time pass, and runs everything that is due. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settle();
      const [next] = [...this.#waiting].sort(([, one], [, other]) => one - other);
      if (!next || next[1] > end) break;
      this.#now = next[1];
      this.#waiting.delete(next[0]);
      next[0]();
    }
    this.#now = end;
  }
}

/** Lets all promises that can settle do so. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve();
}

/** Records the times of a timer's ticks, and calls `handle` with the number of each. */
function record(timer: IntervalTimer, clock: FakeClock, handle = (_tick: number) => {}): number[] {
  const times: number[] = [];
  (async () => {
    for await (const _tick of timer) {
      times.push(clock.now());
      handle(times.length);
    }
  })();
  return times;
}

Deno.test("IntervalTimer ticks at once, then in its rhythm", async () => {
  const clock = new FakeClock();
  const times = record(new IntervalTimer(10, undefined, clock), clock);
  await clock.pass(35_000);
  assertEquals(times, [0, 10_000, 20_000, 30_000]);
});

Deno.test("IntervalTimer keeps its rhythm after a late tick", async () => {
  const clock = new FakeClock();
  const timer = new IntervalTimer(1, undefined, clock);
  const times: number[] = [];
  const late = Promise.withResolvers<void>();
  (async () => {
    for await (const _tick of timer) {
      times.push(clock.now());
      if (times.length === 2) await late.promise; // the second tick's handling takes 0.4 s
    }
  })();
  await clock.pass(1400);
  late.resolve();
  await clock.pass(1600);
  assertEquals(times, [0, 1000, 2000, 3000]);
});

Deno.test("IntervalTimer catches up after a short stall, and skips after a long one", async () => {
  const clock = new FakeClock();
  const times: number[] = [];
  let stall = Promise.withResolvers<void>();
  (async () => {
    for await (const _tick of new IntervalTimer(0.25, undefined, clock)) {
      times.push(clock.now());
      await stall.promise;
    }
  })();
  await clock.pass(800); // three ticks late, by less than a second
  stall.resolve();
  await clock.pass(200);
  assertEquals(times, [0, 800, 800, 800, 1000]);
  stall = Promise.withResolvers();
  await clock.pass(10_100); // stalls in the tick of 1250 until 11,100
  stall.resolve();
  await clock.pass(400);
  assertEquals(times.slice(5), [1250, 11_100, 11_250, 11_500]);
});

Deno.test("IntervalTimer applies a shorter interval at once", async () => {
  const clock = new FakeClock();
  const timer = new IntervalTimer(10, undefined, clock);
  const times = record(timer, clock);
  await clock.pass(700);
  timer.interval = 0.5; // 0.5 s after the last tick has already passed
  await clock.pass(1000);
  assertEquals(times, [0, 700, 1200, 1700]);
});

Deno.test("IntervalTimer counts a new interval from the last tick", async () => {
  const clock = new FakeClock();
  const timer = new IntervalTimer(1, undefined, clock);
  const times = record(timer, clock);
  await clock.pass(300);
  timer.interval = 5;
  await clock.pass(10_000);
  assertEquals(times, [0, 5000, 10_000]);
});

Deno.test("IntervalTimer ends if the signal is aborted while it waits", async () => {
  const clock = new FakeClock();
  const abort = new AbortController();
  const timer = new IntervalTimer(10, abort.signal, clock);
  const done = (async () => {
    for await (const _tick of timer) { /* only the first tick comes */ }
  })();
  await clock.pass(1000);
  abort.abort();
  await done;
});

Deno.test("IntervalTimer waits longer than the platform's timers allow", async () => {
  const clock = new FakeClock();
  const times = record(new IntervalTimer(86400 * 30, undefined, clock), clock);
  await clock.pass(86400_000 * 31);
  assertEquals(times, [0, 86400_000 * 30]);
});
