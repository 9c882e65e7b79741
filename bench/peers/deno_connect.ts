/** A listener without a client library, over `Deno.connect`: it does as little as possible. */

const { hostname, port } = new URL(Deno.args[0]);
const connect = () => Deno.connect({ hostname, port: Number(port) });
const [subscriber, client] = [await connect(), await connect()];
subscriber.setNoDelay(true);
client.setNoDelay(true);

const NOTIFICATION = "$10\r\nshared_key\r\n";
const GET = bytes("*2\r\n$3\r\nGET\r\n$10\r\nshared_key\r\n");
const ANSWER = bytes("*3\r\n$3\r\nSET\r\n$13\r\nhandshake_key\r\n$21\r\nHandshake from a peer\r\n");

await subscriber.write(bytes("*2\r\n$9\r\nSUBSCRIBE\r\n$18\r\n__keyevent@0__:set\r\n"));
const buffer = new Uint8Array(65536);
let rest = "";
const lines: string[] = [];
while (true) {
  const parts = (rest + await read(subscriber)).split(NOTIFICATION);
  rest = parts.pop()!; // perhaps the start of a notification
  for (const _ of parts) {
    await client.write(GET);
    const [, value] = (await read(client)).split("\r\n");
    const micros = Number(/ micros (\d+) /.exec(value)![1]);
    const seconds = ((performance.timeOrigin + performance.now()) * 1000 - micros) / 1e6;
    log(`peer read shared_key: ${value}, Time difference: ${seconds.toFixed(6)} seconds`);
    await client.write(ANSWER);
    await read(client);
    log("peer set handshake_key: Handshake from a peer");
  }
}

async function read(connection: Deno.Conn): Promise<string> {
  const count = await connection.read(buffer);
  return new TextDecoder().decode(buffer.subarray(0, count ?? Deno.exit(1)));
}

/** Logs a line. Lines are written together, at most 5 ms later, as our listeners do. */
function log(line: string): void {
  if (lines.push(line) === 1) setTimeout(() => console.log(lines.splice(0).join("\n")), 5);
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
