/** Which of several servers to try next. */

/** Servers by their place in a list, the most preferred one first. */
export class ServerSelection {
  #count: number;
  #current = 0;
  #settled?: number;
  /** The servers left to try in this round. */
  #round: number[];
  #failedRounds = 0;
  #refused = new Set<number>();

  /** @param count How many servers there are. */
  constructor(count: number) {
    this.#count = count;
    this.#round = this.#allowed().slice(1);
  }

  /** The server to try, or in use. */
  get current(): number {
    return this.#current;
  }

  /** How many rounds have failed since a server was in use. */
  get failedRounds(): number {
    return this.#failedRounds;
  }

  /** The servers that are preferred to the present one. */
  get preferred(): number[] {
    return this.#allowed().filter((index) => index < this.#current);
  }

  /** Whether the present server is never tried again. */
  get isRefused(): boolean {
    return this.#refused.has(this.#current);
  }

  /** Whether no server is left to try. */
  get exhausted(): boolean {
    return this.#refused.size === this.#count;
  }

  /**
   * Notes that the present server is in use.
   *
   * @returns The server that was in use before; at the first call, the present one.
   */
  settle(): number {
    const before = this.#settled ?? this.#current;
    this.#settled = this.#current;
    this.#failedRounds = 0;
    return before;
  }

  /**
   * Begins a new round after the server in use was lost. A server that closed the connection may accept
   * another, and is tried first; a server that went silent is unlikely to answer now, and is tried last.
   */
  lose(isSilent: boolean): void {
    const others = this.#allowed().filter((index) => index !== this.#current);
    this.#round = isSilent ? [...others, this.#current] : [this.#current, ...others];
  }

  /** Begins a new round with the given server. */
  begin(index: number): void {
    this.#round = [index, ...this.#allowed().filter((other) => other !== index)];
  }

  /** Never tries the given server again. */
  refuse(index: number): void {
    this.#refused.add(index);
  }

  /** Goes on to the next server, unless none is left. */
  advance(): void {
    this.#round = this.#round.filter((index) => !this.#refused.has(index));
    if (this.#round.length === 0) {
      this.#round = this.#allowed();
      this.#failedRounds++;
    }
    this.#current = this.#round.shift() ?? this.#current;
  }

  #allowed(): number[] {
    return Array.from({ length: this.#count }, (_, index) => index)
      .filter((index) => !this.#refused.has(index));
  }
}
