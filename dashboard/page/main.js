// @ts-check
import { ServerClock } from "./clock.js";
import { describeMesh } from "./describe.js";
import { Duel } from "./duel.js";
import { find } from "./dom.js";
import { Events } from "./events.js";
import { Feed } from "./feed.js";
import { FiguresTable } from "./figures.js";
import { IntervalControl } from "./interval.js";
import { Listeners } from "./listeners.js";
import { Mesh } from "./mesh.js";
import { PathAnimation } from "./pulses.js";
import { routeOf } from "./route.js";
import { Status } from "./status.js";
import { Stream } from "./stream.js";
import { asUnknown } from "./unknown.js";
import { Waterfall } from "./waterfall.js";

/**
 * @typedef {import("../protocol.ts").Snapshot} Snapshot
 * @typedef {import("../protocol.ts").State} State
 * @typedef {import("../protocol.ts").Update} Update
 */

/** The time between two updates of the ages, in milliseconds. */
const TICK_MS = 250;

/** The whole page: it takes in each event at once, and shows it with the browser's next frame. */
class Page {
  #clock = new ServerClock();
  #status = new Status();
  #mesh = new Mesh(() => this.#draw());
  #path = new PathAnimation(this.#mesh);
  #duel = new Duel();
  #listeners = new Listeners();
  #waterfall = new Waterfall(() => this.#draw());
  #figures = new FiguresTable(find("figures"));
  #events = new Events();
  #feed = new Feed();
  #interval = new IntervalControl();
  /** @type {State | undefined} */
  #state;
  #isDue = false;

  /** Connects to the server, and keeps the ages up to date. */
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
  #takeSnapshot({ state, lines, traces, feed, events }) {
    this.#take(state);
    this.#duel.forget();
    this.#duel.add(lines, events, state);
    this.#waterfall.forget();
    this.#waterfall.add(traces);
    this.#events.reset(events);
    this.#feed.reset(feed);
  }

  /** @param {Update} update */
  #takeUpdate({ state, seconds, traces, feed, skipped }) {
    this.#take(state);
    const events = feed.filter((entry) => entry.kind === "event");
    this.#duel.add(seconds, events, state);
    this.#waterfall.add(traces);
    this.#events.add(events);
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

  /** Draws with the browser's next frame. A page in the background has none. */
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
    this.#duel.show(state, now);
    this.#listeners.show(state, now);
    this.#waterfall.show(state, now);
    this.#figures.show(state, now);
    this.#feed.show();
    this.#interval.show(state);
  }
}

new Page().start();
