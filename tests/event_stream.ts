/** A page's side of server-sent events, for tests and measurements. */

/** One event. */
export interface ServerSentEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/** The events of one connection, one at a time. */
export class EventStream implements AsyncDisposable {
  #reader: ReadableStreamDefaultReader<string>;
  #text = "";

  private constructor(reader: ReadableStreamDefaultReader<string>) {
    this.#reader = reader;
  }

  /**
   * Opens a stream of events.
   *
   * @param url The stream's URL.
   * @param lastId The id of the last event seen, if any.
   * @param client The HTTP client, if not the default one.
   * @returns The stream.
   * @throws {Error} If the server refuses it.
   */
  static async open(
    url: string,
    lastId?: string,
    client?: Deno.HttpClient,
  ): Promise<EventStream> {
    const headers = { ...(lastId !== undefined && { "last-event-id": lastId }) };
    const response = await fetch(url, { headers, client });
    if (!response.ok || !response.body) {
      throw new Error(`Cannot open ${url}: ${response.status} ${await response.text()}`);
    }
    return new EventStream(response.body.pipeThrough(new TextDecoderStream()).getReader());
  }

  /**
   * Waits for the next event. It skips fields that are no event, such as the time before a retry.
   *
   * @returns The event, or `undefined` at the end of the stream.
   */
  async next(): Promise<ServerSentEvent | undefined> {
    while (true) {
      const end = this.#text.indexOf("\n\n");
      if (end >= 0) {
        const event = parse(this.#text.slice(0, end));
        this.#text = this.#text.slice(end + 2);
        if (event) return event;
        continue;
      }
      const { done, value } = await this.#reader.read();
      if (done) return undefined;
      this.#text += value;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#reader.cancel().catch(() => {}); // the server may already be gone
  }
}

function parse(text: string): ServerSentEvent | undefined {
  const fields = new Map(
    text.split("\n").map((line) => {
      const [, name, value] = /^(\w*): ?(.*)$/.exec(line) ?? [];
      return [name, value];
    }),
  );
  const { id = "", event = "message", data } = Object.fromEntries(fields);
  return data === undefined ? undefined : { id, event, data };
}
