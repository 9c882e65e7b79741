/** The paths of the last writes: when each node announced them, and when each listener read and answered them. */

import type { Trace } from "../protocol.ts";
import type { LastWrite } from "./writes.ts";

/** How many paths are kept. */
const LENGTH = 100;

/** The greatest number of paths in an update: people could not choose from more. */
const MAX_TAKEN = 20;

/** Keeps the paths. */
export class Traces {
  /** By writer and time, the oldest one first. */
  #traces = new Map<string, Trace>();
  #changed = new Set<string>();

  /** Records a write, or more of its path. */
  seeWrite({ writer, seq, at, path }: LastWrite): void {
    const key = keyOf(writer, at);
    const answers = this.#traces.get(key)?.answers ?? [];
    this.#set(key, { writer, seq, at, path, answers });
  }

  /**
   * Records an answer to one of the writes.
   *
   * @param at The time of the write, in microseconds since the Unix epoch.
   * @param answer Who read and answered it, and when, likewise.
   */
  seeAnswer(at: number, answer: Trace["answers"][number]): void {
    for (const [key, trace] of this.#traces) {
      if (trace.at !== at || trace.answers.some(({ name }) => name === answer.name)) continue;
      this.#set(key, { ...trace, answers: [...trace.answers, answer] });
    }
  }

  /** Returns the newest of the paths that have changed since the last call. */
  take(): Trace[] {
    const changed = Array.from(this.#changed).slice(-MAX_TAKEN);
    this.#changed.clear();
    return changed.flatMap((key) => this.#traces.get(key) ?? []);
  }

  /** All paths, the oldest one first. */
  get all(): Trace[] {
    return Array.from(this.#traces.values());
  }

  #set(key: string, trace: Trace): void {
    this.#traces.set(key, trace);
    this.#changed.delete(key); // so that it moves to the end
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
