/** Repeatable random numbers. */

/**
 * Creates a generator of pseudo-random numbers, the same for the same seed (mulberry32).
 *
 * @param seed A whole number.
 * @returns A function that returns the next number, from 0 to below 1.
 */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
