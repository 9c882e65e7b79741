// @ts-check
import { find, make, setText } from "./dom.js";
import { formatCount, formatDuration, formatMoment, showText } from "./format.js";

/** @typedef {import("../protocol.ts").Entry} Entry */

/** How many entries are kept. */
const LENGTH = 200;

/** The list of writes, reads and answers, the newest on top. It can be paused to be read. */
export class Feed {
  #list = find("feed");
  #button = find("pause");
  /** @type {Entry[]} The entries that are not shown yet, the oldest one first. */
  #waiting = [];
  /** How many entries have arrived while the feed is paused, including those that are left out. */
  #count = 0;
  /** How many entries are left out. */
  #skipped = 0;
  #isPaused = false;
  /** Whether the next entries replace those that are shown. */
  #isStale = false;

  constructor() {
    this.#button.addEventListener("click", () => this.#toggle());
    for (const box of find("kinds").querySelectorAll("input")) {
      box.addEventListener(
        "change",
        () => this.#list.classList.toggle(`no-${box.value}`, !box.checked),
      );
      this.#list.classList.toggle(`no-${box.value}`, !box.checked); // browsers keep it over a reload
    }
  }

  /**
   * Replaces all entries.
   *
   * @param {readonly Entry[]} entries
   */
  reset(entries) {
    this.#isStale = true; // a paused feed stays until it resumes
    this.#waiting = [];
    this.#count = 0;
    this.#skipped = 0;
    this.add(entries, 0);
  }

  /**
   * Adds entries; {@linkcode show} shows them.
   *
   * @param {readonly Entry[]} entries The oldest one first.
   * @param {number} skipped How many more were left out.
   */
  add(entries, skipped) {
    const stream = entries.filter(({ kind }) => kind !== "event"); // they have their own list
    this.#count += stream.length + skipped;
    this.#skipped += skipped;
    this.#waiting = [...this.#waiting, ...stream].slice(-LENGTH);
  }

  /** Shows the new entries, unless the feed is paused. */
  show() {
    if (this.#isPaused) {
      setText(this.#button, `Resume (${formatCount(this.#count)} waiting)`);
      return;
    }
    setText(this.#button, "Pause");
    if (this.#isStale) this.#list.replaceChildren();
    this.#isStale = false;
    this.#count = 0;
    if (this.#skipped > 0) this.#list.prepend(makeSkipped(this.#skipped));
    this.#skipped = 0;
    this.#list.prepend(...this.#waiting.map(makeEntry).reverse());
    this.#waiting = [];
    while (this.#list.children.length > LENGTH) this.#list.lastElementChild?.remove();
  }

  #toggle() {
    this.#isPaused = !this.#isPaused;
    this.#count = 0;
    this.show();
  }
}

/**
 * @param {Entry} entry
 * @returns {HTMLLIElement}
 */
function makeEntry(entry) {
  const time = make("time", "", formatMoment(entry.at));
  const who = make("b", "", showText(entry.who, 60));
  const [deed, more] = describeEntry(entry);
  const item = make("li", entry.kind, time, make("p", "", who, ` ${deed}`));
  if (more !== "") item.append(make("p", "more", showText(more)));
  return item;
}

/**
 * @param {Entry} entry
 * @returns {[deed: string, more: string]}
 */
function describeEntry(entry) {
  switch (entry.kind) {
    case "write":
      return [`wrote ${nameSeq(entry.seq)}`, entry.value];
    case "read":
      return [`read ${nameSeq(entry.seq)} after ${formatDuration(entry.difference)}`, ""];
    case "handshake": {
      const after = entry.roundTrip === undefined ? "" : ` in ${formatDuration(entry.roundTrip)}`;
      return [`answered ${nameSeq(entry.seq)}${after}`, entry.phrase];
    }
    case "event":
      return [showText(entry.text), ""];
  }
}

/** @param {number} count */
function makeSkipped(count) {
  return make("li", "skipped", make("p", "", `… and ${formatCount(count)} more`));
}

/** @param {number | undefined} seq */
function nameSeq(seq) {
  return seq === undefined ? "a value" : `#${seq}`;
}
