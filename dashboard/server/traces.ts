/** The paths of the last writes: when each node announced it, and when each listener read and answered it. */

import type { Trace } from "../protocol.ts";
import type { LastWrite } from "./writes.ts";

/** How many are kept. */
const LENGTH = 100;

/** How many an update has at most: nobody could choose from more. */
const MAX_TAKEN = 20;

/** Keeps the paths. */
export class Traces {
  /** By writer and time, the oldest one first. */
  #traces = new Map<string, Trace>();
  #changed = new Set<string>();

  /** Takes note of a write, or of its path as it is known now. */
  seeWrite({ writer, seq, at, path }: LastWrite): void {
    const key = keyOf(writer, at);
    const answers = this.#traces.get(key)?.answers ?? [];
    this.#set(key, { writer, seq, at, path, answers });
  }

  /**
   * Takes note of an answer to one of the writes.
   *
   * @param at When the write was, in microseconds since the Unix epoch.
   * @param answer Who has read and answered it, and when, likewise.
   */
  seeAnswer(at: number, answer: Trace["answers"][number]): void {
    for (const [key, trace] of this.#traces) {
      if (trace.at !== at || trace.answers.some(({ name }) => name === answer.name)) continue;
      this.#set(key, { ...trace, answers: [...trace.answers, answer] });
    }
  }

  /** Hands over those that have changed since the last time, the newest ones. */
  take(): Trace[] {
    const changed = Array.from(this.#changed).slice(-MAX_TAKEN);
    this.#changed.clear();
    return changed.flatMap((key) => this.#traces.get(key) ?? []);
  }

  /** All of them, the oldest one first. */
  get all(): Trace[] {
    return Array.from(this.#traces.values());
  }

  #set(key: string, trace: Trace): void {
    this.#traces.set(key, trace);
    this.#changed.delete(key); // so that it goes to the end
    this.#changed.add(key);
    for (const oldest of this.#traces.keys()) {
      if (this.#traces.size <= LENGTH) break;
      this.#traces.delete(oldest);
    }
  }
}

function keyOf(writer: string, at: number): string {
  return `${writer} ${at}`;
}
