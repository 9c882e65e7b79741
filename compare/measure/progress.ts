/** A progress bar: what is running, and how long remains. */

/** What shows the progress. */
export interface ProgressOutput {
  /** Whether a line can be written over. */
  readonly isTerminal: boolean;
  /** Writes text. */
  write(text: string): void;
}

/** How many characters the bar is long. */
const LENGTH = 24;

/** Seconds between two lines if no line can be written over. */
const PAUSE = 10;

/** Goes to the begin of the line, and clears it. */
const CLEAR_LINE = "\r\u001b[K";

/**
 * Shows progress: on a terminal as a bar in one line that is written over, elsewhere as a line every ten seconds.
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
   * @param expected How many seconds all of it should take.
   * @param output What shows it.
   * @param now Tells the time, in seconds.
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
   * Shows how far it is. The time that remains is what was expected at first, and more and more what the time so
   * far says.
   *
   * @param what What is running.
   * @param done The part that is done, from 0 to 1.
   */
  show(what: string, done: number): void {
    const now = this.#now();
    const { isTerminal } = this.#output;
    if (!isTerminal && now - this.#shownAt < PAUSE) return;
    this.#shownAt = now;
    const elapsed = now - this.#began;
    const total = (1 - done) * this.#expected + elapsed; // at the end, what it took
    const remaining = formatTime(total * (1 - done));
    const filled = Math.round(done * LENGTH);
    const bar = "█".repeat(filled) + "░".repeat(LENGTH - filled);
    const percent = `${Math.floor(done * 100)}`.padStart(3);
    const line = `${bar} ${percent} %, ${remaining} left  ${what}`;
    this.#output.write(isTerminal ? `${CLEAR_LINE}${line}` : `${line}\n`);
  }

  /** Takes the bar away. */
  clear(): void {
    if (this.#output.isTerminal) this.#output.write(CLEAR_LINE);
  }
}

function formatTime(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
