/** The dashboard as a process, with an open page. */

import type { State } from "../dashboard/protocol.ts";
import { EventStream } from "./event_stream.ts";
import { freePorts } from "../cluster/ports.ts";
import { RoleUnderTest } from "./testing.ts";
import { WAIT_MS, within } from "../cluster/waiting.ts";

/** A dashboard, and the latest state that its page received. */
export class DashboardUnderTest implements AsyncDisposable {
  readonly role: RoleUnderTest;
  readonly url: string;
  readonly port: number;
  /** The id of the last event. */
  lastId = "";
  #page: EventStream;

  private constructor(role: RoleUnderTest, port: number, page: EventStream) {
    this.role = role;
    this.port = port;
    this.url = `http://127.0.0.1:${port}`;
    this.#page = page;
  }

  /** Starts a dashboard, and opens a page. */
  static async start(env: Record<string, string>): Promise<DashboardUnderTest> {
    const [port] = freePorts(1);
    const role = await RoleUnderTest.start("dashboard", { DASHBOARD_PORT: `${port}`, ...env });
    await role.line(/serves http/);
    const page = await EventStream.open(`http://127.0.0.1:${port}/events`);
    return new DashboardUnderTest(role, port, page);
  }

  /** Opens another page. */
  async open(lastId?: string): Promise<EventStream> {
    return await EventStream.open(`${this.url}/events`, lastId);
  }

  /** Waits until the page receives a state that matches. */
  async shows(
    isRight: (state: State) => boolean | undefined,
    what: string,
    ms = WAIT_MS,
  ): Promise<State> {
    let last: State | undefined;
    const find = async () => {
      while (true) {
        const event = await this.#page.next();
        if (!event) throw new Error(`The stream has ended without ${what}`);
        this.lastId = event.id;
        last = JSON.parse(event.data).state as State;
        if (isRight(last)) return last;
      }
    };
    return await within(find(), () => `${what} in:\n${JSON.stringify(last, null, 2)}`, ms);
  }

  /** Requests another interval. Resolves to the status and the problem, if any. */
  async setInterval(seconds: string, token?: string): Promise<[number, string]> {
    const response = await fetch(`${this.url}/interval`, {
      method: "PUT",
      body: JSON.stringify({ seconds }),
      headers: { ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    });
    const text = await response.text();
    return [response.status, text && JSON.parse(text).problem];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#page[Symbol.asyncDispose]();
    await this.role[Symbol.asyncDispose]();
  }
}
