// @ts-check
import { find, setAttribute, setText } from "./dom.js";
import { showText } from "./format.js";
import { INTERVAL_PROBLEM, isInterval } from "./interval_rule.js";

/**
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").IntervalState} IntervalState
 */

/** How long the server may take to answer, in milliseconds. */
const LIMIT_MS = 5000;

/** The form that sets the time between two writes. */
export class IntervalControl {
  #seconds = /** @type {HTMLInputElement} */ (find("seconds"));
  #token = /** @type {HTMLInputElement} */ (find("token"));
  #tokenRow = find("token-row");
  #current = find("interval-current");
  #problem = find("interval-problem");
  #done = find("interval-done");
  /** The text that the page put into the field; anything else was typed. */
  #filled = "";
  /** The interval that was set here, and whether it has taken effect. */
  #set = { seconds: NaN, isSeen: false };
  #isSending = false;

  constructor() {
    find("interval").addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    find("presets").addEventListener("click", ({ target }) => {
      if (!(target instanceof HTMLButtonElement)) return;
      this.#seconds.value = target.value;
      this.#submit();
    });
    this.#seconds.addEventListener("input", () => this.#tell("", ""));
    this.#token.addEventListener("input", () => this.#tell("", ""));
  }

  /** @param {State} state */
  show({ interval, needsToken }) {
    if (interval.seconds === this.#set.seconds) this.#set.isSeen = true;
    else if (this.#set.isSeen) this.#forget(); // it was changed elsewhere
    this.#tokenRow.hidden = !needsToken;
    setText(this.#current, describeInterval(interval));
    setAttribute(this.#current, "data-level", interval.problem === undefined ? "ok" : "warn");
    const isTyped = this.#seconds.value !== this.#filled;
    if (isTyped || interval.seconds === undefined) return;
    this.#filled = `${interval.seconds}`;
    if (this.#seconds.value !== this.#filled) this.#seconds.value = this.#filled;
  }

  /** Sends the typed interval to the server, if it is valid. */
  async #submit() {
    if (this.#isSending) return;
    if (!isInterval(this.#seconds.value)) {
      this.#tell(INTERVAL_PROBLEM, "");
      this.#seconds.focus();
      return;
    }
    this.#isSending = true;
    const seconds = this.#seconds.value;
    const { status, problem } = await this.#put(seconds);
    this.#isSending = false;
    if (problem === "") {
      this.#filled = seconds; // now the field may follow the updates
      this.#set = { seconds: Number(seconds), isSeen: false };
    }
    this.#tell(problem, problem === "" ? `Set to ${showText(seconds.trim(), 20)} s` : "", status);
    if (problem !== "") (this.#isRefused(status) ? this.#token : this.#seconds).focus();
  }

  /**
   * @param {string} seconds
   * @returns {Promise<{ status: number, problem: string }>} The problem is empty if there is none.
   */
  async #put(seconds) {
    const token = this.#token.value;
    const headers = new Headers({ "content-type": "application/json" });
    if (token !== "") headers.set("authorization", `Bearer ${token}`);
    try {
      const response = await fetch("interval", {
        method: "PUT",
        headers,
        body: JSON.stringify({ seconds }),
        signal: AbortSignal.timeout(LIMIT_MS),
      });
      return { status: response.status, problem: await problemOf(response) };
    } catch {
      return { status: 0, problem: "The dashboard did not answer: the interval may be unchanged" };
    }
  }

  #forget() {
    this.#set = { seconds: NaN, isSeen: false };
    setText(this.#done, "");
  }

  /**
   * Shows the outcome beside the field that it concerns.
   *
   * @param {string} problem
   * @param {string} done
   * @param {number} [status] The HTTP status of the answer.
   */
  #tell(problem, done, status = 0) {
    setText(this.#problem, showText(problem));
    setText(this.#done, done);
    const isRefused = this.#isRefused(status);
    setAttribute(this.#seconds, "aria-invalid", `${problem !== "" && !isRefused}`);
    setAttribute(this.#token, "aria-invalid", `${problem !== "" && isRefused}`);
  }

  /** @param {number} status */
  #isRefused(status) {
    return !this.#tokenRow.hidden && (status === 401 || status === 403);
  }
}

/** @param {IntervalState} interval */
function describeInterval({ seconds, problem }) {
  if (problem !== undefined) return `⚠ ${showText(problem)}`;
  return seconds === undefined ? "a write every ? s" : `a write every ${seconds} s`;
}

/**
 * @param {Response} response
 * @returns {Promise<string>}
 */
async function problemOf(response) {
  if (response.ok) return "";
  const answer = await response.json().catch(() => undefined);
  const problem = answer?.problem;
  return typeof problem === "string" ? problem : `The dashboard answered ${response.status}`;
}
