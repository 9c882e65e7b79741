/** The page behind nginx, with the settings in docs/proxy.md. */

import { assert, assertEquals } from "@std/assert";
import { Authority } from "../../cluster/certificates.ts";
import { EventStream } from "../../tests/event_stream.ts";
import { Nginx, testWithNginx } from "../../tests/nginx.ts";
import { within } from "../../cluster/waiting.ts";
import { ServedApp } from "./_served_app.ts";
import type { GuardOptions } from "./guard.ts";

const DOCUMENT = new URL("../../docs/proxy.md", import.meta.url);

/** The headers of a browser at the page of docs/proxy.md. */
const FROM_PAGE = { "origin": "https://dash.example.com", "sec-fetch-site": "same-origin" };

/** How long an event may take without buffering, in milliseconds: the page gets ten a second. */
const EVENT_LIMIT_MS = 3000;

/** The application behind nginx. */
class ProxiedApp implements AsyncDisposable {
  readonly app: ServedApp;
  readonly url: string;
  readonly client: Deno.HttpClient;
  #nginx: Nginx;

  private constructor(app: ServedApp, nginx: Nginx, caCert: string) {
    this.app = app;
    this.#nginx = nginx;
    this.url = `https://localhost:${nginx.port}`;
    this.client = Deno.createHttpClient({ caCerts: [caCert] });
  }

  /** Starts both. @param guard The application's settings. @param leftOut Lines to leave out of nginx's settings. */
  static async start(guard: GuardOptions = {}, leftOut = /(?!)/): Promise<ProxiedApp> {
    const authority = await Authority.create("test");
    const text = await Deno.readTextFile(DOCUMENT);
    const [, block] = /```nginx\n(.*?)```/s.exec(text)!;
    const settings = block.split("\n").filter((line) => !leftOut.test(line)).join("\n");
    const app = new ServedApp(guard);
    const servers = (port: number, cert: string, key: string) =>
      replaceAll(settings, [
        ["listen 443 ssl;", `listen 127.0.0.1:${port} ssl;`],
        ["/etc/ssl/dash.example.com.crt", cert],
        ["/etc/ssl/dash.example.com.key", key],
        ["http://127.0.0.1:8000", app.url],
      ]);
    const nginx = await Nginx.start(servers, await authority.issue(["localhost"]));
    return new ProxiedApp(app, nginx, authority.cert);
  }

  /** Requests another interval; resolves to the status. */
  async put(headers: Record<string, string>): Promise<number> {
    const init = { method: "PUT", body: '{"seconds": "1"}', headers, client: this.client };
    const response = await fetch(`${this.url}/interval`, init);
    await response.body?.cancel();
    return response.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.client.close();
    await this.#nginx[Symbol.asyncDispose]();
    await this.app[Symbol.asyncDispose]();
  }
}

function replaceAll(text: string, pairs: readonly (readonly [string, string])[]): string {
  return pairs.reduce((text, [from, to]) => {
    assert(text.includes(from), `${from} in docs/proxy.md`);
    return text.replaceAll(from, to);
  }, text);
}

testWithNginx("Behind nginx, the right token is enough", async () => {
  await using proxied = await ProxiedApp.start({ token: "secret" });
  assertEquals(await proxied.put({ ...FROM_PAGE, authorization: "Bearer secret" }), 204);
  assertEquals(await proxied.put({ authorization: "bearer secret" }), 204);
  assertEquals(await proxied.put({ ...FROM_PAGE, authorization: "Bearer other" }), 401);
  assertEquals(await proxied.put(FROM_PAGE), 401);
  assertEquals(proxied.app.intervals, [1, 1]);
});

testWithNginx("Behind nginx, DASHBOARD_ORIGIN replaces a token", async () => {
  await using proxied = await ProxiedApp.start({ origin: "https://dash.example.com" });
  assertEquals(await proxied.put(FROM_PAGE), 204);
  assertEquals(await proxied.put({ origin: "https://evil.example" }), 403);
  await using closed = await ProxiedApp.start();
  assertEquals(await closed.put(FROM_PAGE), 403);
});

for (
  const [how, leftOut] of [["", undefined], [" with its buffers on", /proxy_buffering/]] as const
) {
  testWithNginx(`Behind nginx${how}, events arrive at once`, async () => {
    await using proxied = await ProxiedApp.start({}, leftOut);
    const { app, url, client } = proxied;
    const opening = EventStream.open(`${url}/events`, undefined, client);
    await using page = await within(opening, "the stream", EVENT_LIMIT_MS);
    await within(page.next(), "the snapshot", EVENT_LIMIT_MS);
    for (const seq of [1, 2, 3]) {
      app.write(seq);
      const { data } = (await within(page.next(), `update ${seq}`, EVENT_LIMIT_MS))!;
      assertEquals(JSON.parse(data).state.writer.last.seq, seq);
    }
  });
}

testWithNginx("Behind nginx, HEAD returns the length of what GET sends", async () => {
  await using proxied = await ProxiedApp.start();
  const { client } = proxied;
  const head = await fetch(`${proxied.url}/style.css`, { method: "HEAD", client });
  const { length } = new Uint8Array(
    await (await fetch(`${proxied.url}/style.css`, { client })).arrayBuffer(),
  );
  assertEquals([head.headers.get("content-length"), await head.text()], [`${length}`, ""]);
});
