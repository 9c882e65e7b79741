// @ts-check
/**
 * @typedef {import("../protocol.ts").Snapshot} Snapshot
 * @typedef {import("../protocol.ts").Update} Update
 */

/**
 * @typedef {object} Receiver The callbacks of a stream.
 * @property {(snapshot: Snapshot) => void} onSnapshot
 * @property {(update: Update) => void} onUpdate
 * @property {() => void} onLost The connection is lost; the stream reconnects by itself.
 */

/** How long the server may be silent before it counts as lost, in milliseconds: it sends every two seconds. */
const SILENCE_MS = 5000;

/** The pause before another attempt, in milliseconds. */
const RETRY_MS = 1000;

/** The pauses, in milliseconds, between two checks for silence and before a silence counts: the page may have slept. */
const LOOK_MS = 500;
const DOUBT_MS = 100;

/**
 * Receives the server's events as long as the page is open. An `EventSource` alone is not enough: it does not notice a
 * silent connection, and gives up if the server answers with an error.
 */
export class Stream {
  #receiver;
  /** @type {EventSource | undefined} */
  #source;
  #lastId = "";
  /** When something last arrived or was requested, by `performance.now()`. */
  #heard = 0;
  #isLost = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @param {Receiver} receiver */
  constructor(receiver) {
    this.#receiver = receiver;
  }

  /** Connects, and begins to check for silence. */
  open() {
    this.#connect();
    setInterval(() => this.#look(), LOOK_MS);
  }

  #connect() {
    this.#heard = performance.now();
    const after = this.#lastId === "" ? "" : `?after=${encodeURIComponent(this.#lastId)}`;
    const source = new EventSource(`events${after}`);
    source.addEventListener("snapshot", (event) => {
      this.#hear(event);
      this.#receiver.onSnapshot(JSON.parse(event.data));
    });
    source.addEventListener("update", (event) => {
      this.#hear(event);
      this.#receiver.onUpdate(JSON.parse(event.data));
    });
    source.addEventListener("error", () => this.#lose());
    this.#source = source;
  }

  /** @param {MessageEvent} event */
  #hear({ lastEventId }) {
    this.#heard = performance.now();
    this.#lastId = lastEventId;
    this.#isLost = false;
  }

  #look() {
    // Events that arrived while the page slept are delivered first.
    if (this.#isSilent()) setTimeout(() => this.#isSilent() && this.#lose(), DOUBT_MS);
  }

  #isSilent() {
    return this.#source !== undefined && performance.now() - this.#heard > SILENCE_MS;
  }

  /** Closes the connection, and reconnects after a pause. */
  #lose() {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
    if (!this.#isLost) this.#receiver.onLost();
    this.#isLost = true;
  }
}
