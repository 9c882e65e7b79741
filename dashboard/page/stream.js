// @ts-check
/**
 * @typedef {import("../protocol.ts").Snapshot} Snapshot
 * @typedef {import("../protocol.ts").Update} Update
 */

/**
 * @typedef {object} Receiver What is called with what arrives.
 * @property {(snapshot: Snapshot) => void} onSnapshot
 * @property {(update: Update) => void} onUpdate
 * @property {() => void} onLost The server is lost; the stream tries again by itself.
 */

/** How long the server may say nothing before it is taken for lost: it speaks every two seconds. */
const SILENCE_MS = 5000;

/** Pause before another attempt. */
const RETRY_MS = 1000;

/** Pause between two looks whether the server is silent, and before it is believed: the page may have slept. */
const LOOK_MS = 500;
const DOUBT_MS = 100;

/**
 * Hears the server, for as long as the page is open. An `EventSource` alone is not enough: it never notices that
 * a connection has gone silent, and gives up if the server answers with an error.
 */
export class Stream {
  #receiver;
  /** @type {EventSource | undefined} */
  #source;
  #lastId = "";
  /** When something arrived last, or was asked for, by `performance.now()`. */
  #heard = 0;
  #isLost = false;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  #retry;

  /** @param {Receiver} receiver */
  constructor(receiver) {
    this.#receiver = receiver;
  }

  /** Begins to listen. */
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
    // What came while the page slept is still to be delivered.
    if (this.#isSilent()) setTimeout(() => this.#isSilent() && this.#lose(), DOUBT_MS);
  }

  #isSilent() {
    return this.#source !== undefined && performance.now() - this.#heard > SILENCE_MS;
  }

  /** Closes the connection, and tries again after a moment. */
  #lose() {
    this.#source?.close();
    this.#source = undefined;
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.#connect(), RETRY_MS);
    if (!this.#isLost) this.#receiver.onLost();
    this.#isLost = true;
  }
}
