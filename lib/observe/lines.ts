/** Whether more than one writer goes by a name, told from the sequence numbers alone. */

import type { FullStamp } from "../protocol/stamp.ts";

/** How many times an older line has to be taken up again, to be no coincidence. */
const ENOUGH_RETURNS = 3;

/** After how many stamps of other lines nobody takes up a line any more. */
const FORGOTTEN_AFTER = 16;

/** Stamps of which each follows the one before. */
interface Line {
  /** Its last stamp. */
  readonly end: FullStamp;
  /** How many stamps had come when its last one came. */
  readonly turn: number;
}

/**
 * The lines in which the stamps of one name come. A writer counts up by one, so that each stamp follows
 * the writer's last one. A lower number begins another line, and proves nothing: a writer that is started
 * again after the data was lost begins anew, and one that found an old copy repeats some numbers. But a
 * writer that is gone does not come back: where a lower number exactly follows an older line, time and
 * again, several writers are at work.
 *
 * One writer is never reported that is read 16 times or more between two starts. Nor is one that is started
 * more often, where it continues the sequence or begins anew, and no value is skipped. Several that write
 * equally often are reported after a few values of each.
 *
 * @example Usage
 * ```ts
 * import { Lines } from "./lines.ts";
 * import { createStamp } from "../protocol/stamp.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const lines = new Lines();
 * const seqs = [42, 7, 43, 8, 44, 9, 45, 10];
 * const told = seqs.filter((seq, time) => lines.follow(createStamp("w", seq, time)));
 * assertEquals(told, [10]);
 * ```
 */
export class Lines {
  /** The line that goes on now stands first. */
  #lines: Line[] = [];
  #turn = 0;
  #returns = 0;
  #contested = false;

  /**
   * Takes note of the next stamp.
   *
   * @param stamp The stamp; one that ends a line already says nothing.
   * @returns Whether it shows that a contest has begun: told once, until one line goes on alone.
   */
  follow(stamp: FullStamp): boolean {
    if (this.#lines.some(({ end }) => isSame(end, stamp))) return false;
    const turn = ++this.#turn;
    const present = this.#lines[0]?.end.seq ?? 0;
    const taken = this.#lines.find(({ end }) => end.seq + 1 === stamp.seq) ??
      (stamp.seq > present ? this.#lines[0] : undefined); // it skips some
    const others = this.#lines.filter((line) =>
      line !== taken && turn - line.turn <= FORGOTTEN_AFTER
    );
    this.#lines = [{ end: stamp, turn }, ...others];
    if (others.length === 0) this.#contested = false;
    if (others.length === 0 || (!taken && !this.#contested)) this.#returns = 0;
    else if (taken && stamp.seq <= present) this.#returns++;
    if (this.#contested || this.#returns < ENOUGH_RETURNS) return false;
    return this.#contested = true;
  }
}

function isSame(one: FullStamp, other: FullStamp): boolean {
  return one.seq === other.seq && one.micros === other.micros;
}
