import { assert, assertEquals } from "@std/assert";
import { until, within } from "../../cluster/waiting.ts";
import { DenoSocket } from "./_deno_socket.ts";

/** Both ends of a connection. */
class Ends implements Disposable {
  readonly socket: DenoSocket;
  readonly peer: Deno.TcpConn;
  /** What the socket emitted, besides data. */
  readonly events: string[] = [];
  received = "";

  private constructor(socket: DenoSocket, peer: Deno.TcpConn) {
    this.socket = socket;
    this.peer = peer;
    const decoder = new TextDecoder();
    socket.on("data", (data) => this.received += decoder.decode(data, { stream: true }));
    for (const event of ["end", "error", "close"]) {
      socket.on(event, () => void this.events.push(event));
    }
  }

  static async connect(): Promise<Ends> {
    using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = listener.addr;
    const connecting = Deno.connect({ hostname: "127.0.0.1", port });
    const peer = await listener.accept();
    return new Ends(new DenoSocket(await connecting), peer);
  }

  /** Reads this many bytes from the other end. */
  async read(count: number): Promise<string> {
    const bytes = new Uint8Array(count);
    for (let done = 0; done < count;) done += await this.peer.read(bytes.subarray(done)) ?? count;
    return new TextDecoder().decode(bytes);
  }

  async closed(): Promise<void> {
    await until(() => this.events.includes("close"), "the close");
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
    try {
      this.peer.close();
    } catch {
      // closed by the test
    }
  }
}

Deno.test("DenoSocket writes text and bytes in order, however many they are", async () => {
  using ends = await Ends.connect();
  const long = "é".repeat(3_000_000);
  ends.socket.write("first ");
  ends.socket.write(new TextEncoder().encode("second "));
  ends.socket.write(long);
  ends.socket.write(" last");
  const text = `first second ${long} last`;
  const read = await within(ends.read(new TextEncoder().encode(text).length), "all of it");
  assert(read === text);
});

Deno.test("DenoSocket emits what it receives, as bytes that do not change later", async () => {
  using ends = await Ends.connect();
  const kept: Uint8Array[] = [];
  ends.socket.on("data", (data) => void kept.push(data));
  ends.socket.resume();
  const text = "0123456789".repeat(30_000);
  const writer = ends.peer.writable.getWriter();
  await within(writer.write(new TextEncoder().encode(text)), "the write");
  await writer.close();
  await ends.closed();
  assert(ends.received === text);
  assertEquals(ends.socket.bytesRead, text.length);
  assert(kept.map((data) => new TextDecoder().decode(data)).join("") === text);
  assertEquals(ends.events, ["end", "close"]);
});

Deno.test("DenoSocket still reads after end(), until the other side ends too", async () => {
  using ends = await Ends.connect();
  ends.socket.resume();
  ends.socket.write("QUIT");
  ends.socket.end();
  assertEquals(ends.socket.writable, false);
  assertEquals(ends.socket.write("too late"), false);
  assertEquals(await within(ends.read(4), "what was written before the end"), "QUIT");
  assertEquals(await within(ends.peer.read(new Uint8Array(8)), "the end"), null);
  await ends.peer.write(new TextEncoder().encode("OK"));
  ends.peer.close();
  await ends.closed();
  assertEquals(ends.received, "OK");
  assertEquals(ends.events, ["end", "close"]);
});

Deno.test("DenoSocket closes once, with the given error", async () => {
  using ends = await Ends.connect();
  const errors: Error[] = [];
  ends.socket.on("error", (error) => void errors.push(error));
  ends.socket.resume();
  const error = new Error("no answer within 3 s");
  ends.socket.destroy(error).destroy(new Error("another"));
  assertEquals(ends.socket.destroyed, true);
  await ends.closed();
  assertEquals(errors, [error]);
  assertEquals(ends.events, ["error", "close"]);
});
