/** A mechanism under fault: its process, and its connection to the server. */

import { Proxy } from "../../cluster/proxy.ts";
import type { Mechanism } from "../mechanisms/mechanism.ts";
import { type MechanismProcess, startMechanism } from "../mechanisms/process.ts";

/** A mechanism, and everything it has learned. */
export class Subject implements AsyncDisposable {
  /** The mechanism. */
  readonly mechanism: Mechanism;
  /** The proxy between it and the server. */
  readonly line: Proxy;
  /** All values it has learned: the sequence number, and the value's age when learned, in microseconds. */
  readonly known = new Map<number, number>();
  /** The highest sequence number. */
  newest = 0;
  /** How often it detected a loss itself. */
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

  /** Kills the process, if there is one. `known` stays. */
  async kill(): Promise<void> {
    const starting = this.#process;
    this.#process = undefined;
    const process = await starting?.catch(() => undefined); // it may still be starting
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
