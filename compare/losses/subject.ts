/** A mechanism that faults are done to: its process, and its line to the server. */

import { Proxy } from "../../cluster/proxy.ts";
import type { Mechanism } from "../mechanisms/mechanism.ts";
import { type MechanismProcess, startMechanism } from "../mechanisms/process.ts";

/** A mechanism, and all that it has learned. */
export class Subject implements AsyncDisposable {
  /** The mechanism. */
  readonly mechanism: Mechanism;
  /** Its line to the server. */
  readonly line: Proxy;
  /** All values that it has learned: the sequence number, and how old the value was then, in microseconds. */
  readonly known = new Map<number, number>();
  /** The greatest of them. */
  newest = 0;
  /** How often it knew that it had lost some. */
  losses = 0;
  #process?: Promise<MechanismProcess>;

  /** @param mechanism The mechanism. @param port The server's port on this machine. */
  constructor(mechanism: Mechanism, port: number) {
    this.mechanism = mechanism;
    this.line = new Proxy(port);
  }

  /** Starts the process. */
  async start(): Promise<void> {
    const url = `redis://127.0.0.1:${this.line.port}`;
    this.#process = startMechanism(this.mechanism.name, url);
    await this.#process;
  }

  /** Kills the process, if there is one. What it has learned stays known here. */
  async kill(): Promise<void> {
    const starting = this.#process;
    this.#process = undefined;
    const process = await starting?.catch(() => undefined); // it may be on its way still
    await process?.[Symbol.asyncDispose]();
  }

  /** Asks the process what it has learned. */
  async update(): Promise<void> {
    const learned = await (await this.#process)?.ask();
    for (const [seq, micros] of learned?.values ?? []) {
      if (!this.known.has(seq)) this.known.set(seq, micros);
      this.newest = Math.max(this.newest, seq);
    }
    this.losses += learned?.losses ?? 0;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await this.line[Symbol.asyncDispose]();
  }
}
