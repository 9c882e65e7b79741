// @ts-check
import { ServerClock } from "./clock.js";
import { describeMesh } from "./describe.js";
import { find, setText } from "./dom.js";
import { Feed } from "./feed.js";
import { formatAgo, formatMoment } from "./format.js";
import { IntervalControl } from "./interval.js";
import { Listeners } from "./listeners.js";
import { Mesh } from "./mesh.js";
import { PathAnimation } from "./pulses.js";
import { routeOf } from "./route.js";
import { Status } from "./status.js";
import { Stream } from "./stream.js";
import { Timeline } from "./timeline.js";
import { asUnknown } from "./unknown.js";

/**
 * @typedef {import("../protocol.ts").Snapshot} Snapshot
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Update} Update
 */

/** How often ages are counted on, in milliseconds. */
const TICK_MS = 250;

/** The whole page: takes in what the server says at once, and shows it when the browser is about to draw. */
class Page {
  #clock = new ServerClock();
  #status = new Status();
  #mesh = new Mesh(() => this.#draw());
  #path = new PathAnimation(this.#mesh);
  #timeline = new Timeline();
  #listeners = new Listeners();
  #feed = new Feed();
  #interval = new IntervalControl();
  /** @type {State | undefined} */
  #state;
  #isDue = false;

  /** Listens, and keeps ages going. */
  start() {
    new Stream({
      onSnapshot: (snapshot) => this.#takeSnapshot(snapshot),
      onUpdate: (update) => this.#takeUpdate(update),
      onLost: () => this.#lose(),
    }).open();
    setInterval(() => this.#draw(), TICK_MS);
    this.#draw();
  }

  /** @param {Snapshot} snapshot */
  #takeSnapshot({ state, lines, feed }) {
    this.#take(state);
    this.#listeners.forget();
    this.#listeners.add(lines, state);
    this.#feed.reset(feed);
  }

  /** @param {Update} update */
  #takeUpdate({ state, points, feed, skipped }) {
    this.#take(state);
    this.#listeners.add(points, state);
    this.#feed.add(feed, skipped);
  }

  /** @param {State} state */
  #take(state) {
    this.#state = state;
    this.#clock.set(state.at);
    this.#status.hear(state);
    this.#draw();
  }

  #lose() {
    this.#status.lose();
    this.#state &&= asUnknown(this.#state);
    this.#mesh.words.renew();
    this.#draw();
  }

  /** Draws with the browser's next frame; a page that nobody sees has none. */
  #draw() {
    if (this.#isDue) return;
    this.#isDue = true;
    requestAnimationFrame(() => {
      this.#isDue = false;
      this.#show();
    });
  }

  #show() {
    this.#status.showConnection();
    const state = this.#state;
    if (!state) return;
    const now = this.#clock.now();
    this.#status.showState(state, now);
    this.#mesh.show(state, now);
    this.#path.show(routeOf(state));
    this.#mesh.words.show(now, () => describeMesh(state));
    this.#showWriter(state, now);
    this.#timeline.show(state);
    this.#listeners.show(state, now);
    this.#feed.show();
    this.#interval.show(state);
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #showWriter({ writer: { last, hearing } }, now) {
    const isCurrent = hearing.reason === undefined;
    const nothing = isCurrent ? "nothing was written yet" : "no write is known";
    setText(find("seq"), last ? `#${last.seq}` : "–");
    setText(find("written"), last ? formatMoment(last.at) : nothing);
    setText(find("age"), last ? formatAgo(now - last.at, isCurrent) : "");
  }
}

new Page().start();
