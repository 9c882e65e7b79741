import { assert, assertAlmostEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { TestClient, testOnEngines } from "../../tests/testing.ts";
import { estimateClockOffset } from "./clock_offset.ts";

/** Simulates a server's clock, the network and our own clock. */
class Simulation {
  /** Whether the server has sent only whole milliseconds, perhaps by chance. */
  isCoarse = true;
  /** The true time, in microseconds. */
  #now = 1_725_543_675_123_456.7;
  #offset: number;
  #resolution: number;
  #delays: (readonly [there: number, back: number])[];

  constructor(
    offset: number,
    resolution: number,
    delays: readonly (readonly [there: number, back: number])[],
  ) {
    this.#offset = offset;
    this.#resolution = resolution;
    this.#delays = [...delays];
  }

  now = () => Math.floor(this.#now);

  time(): Promise<number[]> {
    const [there, back] = this.#delays.shift()!;
    this.#now += there;
    const serverNow = this.#now - this.#offset;
    const told = Math.floor(serverNow / this.#resolution) * this.#resolution;
    this.isCoarse &&= told % 1000 === 0;
    this.#now += back;
    return Promise.resolve([Math.floor(told / 1e6), told % 1e6]);
  }
}

/** The delay of a message, in microseconds with fractions: mostly short, sometimes very long. */
const delay = fc.oneof(
  { weight: 5, arbitrary: fc.integer({ min: 0, max: 4000 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 40_000_000 }) },
).map((quarters) => quarters / 4);

const delays = fc.array(fc.tuple(delay, delay), { minLength: 1, maxLength: 8 });

for (const resolution of [1, 1000]) {
  Deno.test(`estimateClockOffset() errs by at most its uncertainty at a resolution of ${resolution} µs`, async () => {
    const offsets = fc.integer({ min: -4e12, max: 4e12 }).map((quarters) => quarters / 4);
    await fc.assert(
      fc.asyncProperty(offsets, delays, async (truth, delays) => {
        const simulation = new Simulation(truth, resolution, delays);
        const { now } = simulation;
        const { offset, uncertainty } = await estimateClockOffset(simulation, {
          rounds: delays.length,
          now,
        });
        assert(Math.abs(offset - truth) <= uncertainty);
        const trips = delays.map(([there, back]) => there + back);
        const left = simulation.isCoarse ? 1000 : resolution;
        assert(uncertainty <= Math.min(...trips) / 2 + left / 2 + 1);
      }),
      { numRuns: 1000 },
    );
  });
}

Deno.test("estimateClockOffset() uses the round with the smallest uncertainty", async () => {
  const simulation = new Simulation(5000, 1, [[10_000, 0], [30, 10], [0, 9000]]);
  const { now } = simulation;
  const { offset, uncertainty } = await estimateClockOffset(simulation, { rounds: 3, now });
  assertAlmostEquals(offset, 4990, 1.5);
  assertAlmostEquals(uncertainty, 20, 1.5);
});

Deno.test("estimateClockOffset() corrects what a coarse server cuts off", async () => {
  const offsets: number[] = [];
  for (let part = 0; part < 1000; part++) {
    const simulation = new Simulation(part, 1000, [[0, 0]]);
    const { now } = simulation;
    const { offset } = await estimateClockOffset(simulation, { rounds: 1, now });
    offsets.push(offset - part);
  }
  assertAlmostEquals(offsets.reduce((sum, error) => sum + error) / offsets.length, 0, 2);
});

Deno.test("estimateClockOffset() rejects with the error of the server", async () => {
  const refusing = { time: () => Promise.reject(new Error("NOPERM")) };
  await assertRejects(() => estimateClockOffset(refusing), Error, "NOPERM");
});

testOnEngines("On one host, all clocks are the same", async (_t, cluster) => {
  for (const node of cluster.nodes) {
    await using client = new TestClient(node.url);
    const { offset, uncertainty } = await estimateClockOffset(client);
    assert(Math.abs(offset) <= uncertainty, `${offset} is more than ${uncertainty}`);
    assert(uncertainty < 1e6);
  }
});
