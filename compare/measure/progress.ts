/** A progress bar: what is running, and how long it still takes. */

/** The output that shows the progress. */
export interface ProgressOutput {
  /** Whether a line can be overwritten. */
  readonly isTerminal: boolean;
  /** Writes text. */
  write(text: string): void;
}

/** The length of the bar, in characters. */
const LENGTH = 24;

/** Seconds between two lines if lines cannot be overwritten. */
const PAUSE = 10;

/** Moves to the start of the line and clears it. */
const CLEAR_LINE = "\r\u001b[K";

/**
 * Shows progress: on a terminal as a bar that overwrites its line, elsewhere as a new line every ten seconds.
 *
 * @example Usage
 * ```ts
 * import { ProgressBar } from "./progress.ts";
 * import { assertEquals } from "@std/assert";
 *
 * let output = "";
 * let seconds = 0;
 * const write = (text: string) => void (output += text);
 * const bar = new ProgressBar(120, { isTerminal: false, write }, () => seconds);
 * seconds = 60;
 * bar.show("rates 1000, loop, 2/5", 0.5);
 * assertEquals(output, "████████████░░░░░░░░░░░░  50 %, 1:00 left  rates 1000, loop, 2/5\n");
 * ```
 */
export class ProgressBar {
  #expected: number;
  #output: ProgressOutput;
  #now: () => number;
  #began: number;
  #shownAt = -Infinity;

  /**
   * @param expected How long everything should take, in seconds.
   * @param output The output that shows it.
   * @param now Returns the time, in seconds.
   */
  constructor(
    expected: number,
    output: ProgressOutput,
    now: () => number = () => performance.now() / 1000,
  ) {
    this.#expected = expected;
    this.#output = output;
    this.#now = now;
    this.#began = now();
  }

  /**
   * Shows the progress. The remaining time starts from the expected one, and follows the measured speed more and more.
   *
   * @param what What is running.
   * @param done The share that is done, from 0 to 1.
   */
  show(what: string, done: number): void {
    const now = this.#now();
    const { isTerminal } = this.#output;
    if (!isTerminal && now - this.#shownAt < PAUSE) return;
    this.#shownAt = now;
    const elapsed = now - this.#began;
    const total = (1 - done) * this.#expected + elapsed; // equals the time taken when done
    const remaining = formatTime(total * (1 - done));
    const filled = Math.round(done * LENGTH);
    const bar = "█".repeat(filled) + "░".repeat(LENGTH - filled);
    const percent = `${Math.floor(done * 100)}`.padStart(3);
    const line = `${bar} ${percent} %, ${remaining} left  ${what}`;
    this.#output.write(isTerminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
  }

  /** Removes the bar. */
  clear(): void {
    if (this.#output.isTerminal) this.#output.write(CLEAR_LINE);
  }
}

function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
