import { assert, assertEquals } from "@std/assert";
import { Proxy } from "./proxy.ts";
import { until, within } from "../tests/testing.ts";

/** A server that sends back what it receives. */
class Echo implements AsyncDisposable {
  /** How many connections it has accepted. */
  accepted = 0;
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #serving = this.#serve();

  get port(): number {
    return this.#listener.addr.port;
  }

  async #serve(): Promise<void> {
    const connections: Promise<void>[] = [];
    for await (const connection of this.#listener) {
      this.accepted++;
      connections.push(connection.readable.pipeTo(connection.writable).catch(() => {}));
    }
    await Promise.all(connections);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#serving;
  }
}

/** A client for short texts. */
class Talker implements Disposable {
  #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  static async connect(port: number): Promise<Talker> {
    return new Talker(await Deno.connect({ hostname: "127.0.0.1", port }));
  }

  async say(text: string): Promise<void> {
    await this.#connection.write(new TextEncoder().encode(text));
  }

  /** Reads this many characters, or fewer if the connection ends first. */
  async hear(length: number): Promise<string> {
    let text = "";
    const chunk = new Uint8Array(1024);
    while (text.length < length) {
      const count = await within(this.#connection.read(chunk), `${length} characters: "${text}"`);
      if (count === null) break;
      text += new TextDecoder().decode(chunk.subarray(0, count));
    }
    return text;
  }

  /** Asserts that a text comes back. */
  async assertAnswered(text: string): Promise<void> {
    await this.say(text);
    assertEquals(await this.hear(text.length), text);
  }

  /** Asserts that the connection ends, cleanly or with an error. */
  async assertClosed(): Promise<void> {
    assertEquals(await this.hear(1).catch(() => ""), "");
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }
}

Deno.test("Proxy.cut() closes existing and new connections until heal()", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo.port);
  using talker = await Talker.connect(proxy.port);
  await talker.assertAnswered("hello");
  proxy.cut();
  await talker.assertClosed();
  using refused = await Talker.connect(proxy.port);
  await refused.assertClosed();
  proxy.heal();
  using next = await Talker.connect(proxy.port);
  await next.assertAnswered("hello");
});

Deno.test("Proxy.shut() closes new connections, and keeps existing ones", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo.port);
  using talker = await Talker.connect(proxy.port);
  await talker.assertAnswered("hello");
  proxy.shut();
  using refused = await Talker.connect(proxy.port);
  await refused.assertClosed();
  await talker.assertAnswered("still there");
  proxy.heal();
  using next = await Talker.connect(proxy.port);
  await next.assertAnswered("hello");
});

Deno.test("Proxy.reset() closes connections, and forwards new ones", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo.port);
  using talker = await Talker.connect(proxy.port);
  await talker.assertAnswered("hello");
  proxy.reset();
  await talker.assertClosed();
  using next = await Talker.connect(proxy.port);
  await next.assertAnswered("hello");
});

Deno.test("Proxy.goSilent() holds bytes back until heal() forwards them", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo.port);
  using talker = await Talker.connect(proxy.port);
  await talker.assertAnswered("hello");
  proxy.goSilent();
  await talker.say("anybody ");
  await talker.say("there?");
  const heard = talker.hear(14);
  proxy.heal();
  assertEquals(await heard, "anybody there?");
});

Deno.test("Proxy.drop() discards bytes, even after heal() on the same connections", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo.port);
  using old = await Talker.connect(proxy.port);
  await old.assertAnswered("hello");
  proxy.drop();
  using meanwhile = await Talker.connect(proxy.port);
  await until(() => echo.accepted === 2, "the second connection");
  proxy.heal();
  await meanwhile.say("anybody there?");
  await old.say("and now?");
  using next = await Talker.connect(proxy.port);
  await next.assertAnswered("hello");
  const answers = [old, meanwhile].map((talker) => talker.hear(1).catch(() => ""));
  proxy.cut();
  assertEquals(await Promise.all(answers), ["", ""]);
});

Deno.test("Proxy.delay() delays bytes and keeps their order", async () => {
  await using echo = new Echo();
  await using proxy = new Proxy(echo.port);
  using talker = await Talker.connect(proxy.port);
  await talker.assertAnswered("hello");
  proxy.delay(100);
  const begin = performance.now();
  for (const word of ["one ", "two ", "three"]) await talker.say(word);
  assertEquals(await talker.hear(13), "one two three");
  assert(performance.now() - begin >= 190, "there and back again was faster than the delay");
  proxy.heal();
  await talker.assertAnswered("hello");
});

Deno.test("Proxy closes connections to a server that is not there", async () => {
  const echo = new Echo();
  await using proxy = new Proxy(echo.port);
  await echo[Symbol.asyncDispose]();
  using talker = await Talker.connect(proxy.port);
  await talker.assertClosed();
});
