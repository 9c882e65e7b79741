import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { until } from "../../cluster/waiting.ts";
import {
  exampleLoss,
  exampleOutage,
  exampleSingle,
  exampleSnapshot,
  exampleState,
  exampleUpdate,
} from "./example.ts";
import { PageServer } from "./server.ts";
import { assertIsAccessible, textOf, untilText, untilTrue, visit } from "./visiting.ts";
import type { Entry, State } from "../../dashboard/protocol.ts";

testInBrowser("the page shows what it is sent, and what comes then", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    assertEquals(await textOf(page, "#connection"), "● Live");
    const lines = await pixels(page);
    server.push(exampleUpdate(301));
    await untilText(page, "#seq", /^#301$/);
    await untilText(page, "#feed li b", /^listener_async$/);
    assertEquals(await page.locator("#feed li").count(), 105);
    const [sync, async] = await page.locator("article").allTextContents();
    assertMatch(sync, /listener_syncblocking loop● here since .*, on keydb_02:6379/);
    assertMatch(sync, /time difference1\.07 mswrite → handshake1\.75 ms.*#301/);
    assertMatch(sync, /difference1\.24 ms1\.8 ms2\.85 ms6\.45 mshandshake2\.08 ms3\.02 ms/);
    assertMatch(async, /changes301conflated0missed0unanswered0/);
    assertMatch(
      await textOf(page, "#timeline"),
      /heard by this dashboard.*\s.*keydb_02:6379888 µs.*\s.*answered by the listeners\s.*listener_sync1\.07 ms → /,
    );
    await until(
      async () => (await pixels(page)).every((line, i) => line !== lines[i]),
      "both lines to move",
    );
  });
});

testInBrowser("the lines of all listeners have the same scale", async (browser) => {
  const snapshot = exampleSnapshot(30);
  const at = snapshot.state.at - 5e6;
  const lines = { listener_sync: [[at, 12], [at + 1e6, 20]], listener_async: [[at, 90_000]] };
  await using server = new PageServer({ ...snapshot, lines: lines as never });
  await visit(browser, server, async (page) => {
    await untilTrue(page, `document.querySelectorAll("canvas").length === 2`);
    // Where the line is, from the top: far below for the small values, although they are all that there is.
    const heights = await page.evaluate<number[]>(`[...document.querySelectorAll("canvas")].map(
      (canvas) => {
        const color = getComputedStyle(canvas.closest(".plot")).color.match(/\\d+/g).map(Number);
        const { width, height } = canvas;
        const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
        const at = (i) => color.every((part, k) => Math.abs(data[4 * i + k] - part) < 8);
        const found = Array.from({ length: width * height }, (_, i) => i).find(at);
        return Math.floor(found / width) / height;
      })`);
    assert(heights[0] > 0.5 && heights[1] < 0.2, `the lines are at ${heights}`);
  });
});

testInBrowser("the page shows what is down or gone, and since when", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    server.push({ ...exampleUpdate(301), state: exampleLoss(301) });
    await untilText(page, "#problems", /keydb_03:6379 is down since/);
    const [node, listener] = await page.locator("#problems li").allTextContents();
    assertMatch(
      node,
      /^✕ keydb_03:6379 is down since .*\d\d:\d\d:46 \(1\d s\): connection refused$/,
    );
    assertMatch(listener, /^✕ listener_async is gone since .* \(1\d s\): no node has a connection/);
    assertMatch(
      await textOf(page, "article[data-status=gone]"),
      /callbacks✕ gone since \S+( \S+)? \(1\d s\)time diff.*unanswered14$/,
    );
    assertMatch(await textOf(page, "#mesh"), /keydb_03:6379✕ down since .*for 1\d s/);
    await untilText(page, "#told-problems", /keydb_03:6379 is down\. listener_async is gone\./);
    server.push(exampleUpdate(302));
    await untilText(page, "#told-problems", /keydb_03:6379 is up again\. listener_async is back\./);
    assertEquals(await textOf(page, "#problems"), "");
  });
});

testInBrowser("the page says that nothing is live while no node is up", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#connection", /^● Live$/);
    server.push({ ...exampleUpdate(301), state: exampleOutage(301) });
    await untilText(page, "#connection", /^✕ No node is up since .*\d\d:\d\d:46 \(1\d s\)$/);
    assertMatch(await page.title(), /^✕ No node – /);
    await untilText(page, "#told-problems", /keydb_01:6379 is down\..*writer is unknown\./);
    for (const text of await page.locator("article .presence").allTextContents()) {
      assertMatch(text, /^\? unknown since .* \(1\d s\)$/);
    }
    assertEquals(await page.locator('#mesh .box[data-status="unknown"]').count(), 3);
    assertMatch(await textOf(page, "#age"), /^\d+(\.\d)? s ago, last known$/);
    assertMatch(await textOf(page, "article"), /unanswered–$/);
    await untilText(page, "#interval-current", /a write every \? s/);
    await assertIsAccessible(page);
    server.push(exampleUpdate(302));
    await untilText(page, "#connection", /^● Live$/);
    await untilText(page, "#told-problems", /keydb_01:6379 is up again\..*writer is here\./);
  }, { bypassCSP: true });
});

testInBrowser(
  "the page says what the dashboard does not hear, and who was never there",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#connection", /^● Live$/);
      const { at, nodes, listeners } = exampleState(301);
      const hearing = { reason: "NOPERM", since: at - 5e6 };
      const [sync, async] = listeners;
      const presence = { status: "unseen", nodes: [], observed: [] } as const;
      server.push(exampleUpdate(301, {
        observation: { state: "interrupted", ...hearing },
        nodes: nodes.map((node, i) => i === 1 ? { ...node, hearing } : node),
        listeners: [{ ...sync, hearing, unanswered: undefined }, { ...async, presence }],
      }));
      await untilText(page, "#problems", /listener_async is not seen yet$/);
      assertEquals(await textOf(page, "#connection"), "◐ Partly live");
      const [first, second, third] = await page.locator("#problems li").allTextContents();
      assertMatch(first, /^✕ The dashboard does not hear all handshakes since .*: NOPERM$/);
      assertMatch(
        second,
        /^◐ The dashboard does not hear of writes at keydb_02:6379 since .*: NOPERM$/,
      );
      assertEquals(third, "◐ listener_async is not seen yet");
      const presences = await page.locator("article .presence").allTextContents();
      assertMatch(presences[0], /^● here since .*, on keydb_02:6379; \? answers not heard since /);
      assertEquals(presences[1], "○ not seen yet");
      assertMatch(
        await textOf(page, "#mesh"),
        /keydb_02:6379● up · active-replica\? writes not heard/,
      );
    });
  },
);

testInBrowser("what is gone looks so, although the last write came from it", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilTrue(page, `document.querySelector(".writer[data-marked=true]")`);
    const { writer } = exampleState(300);
    const presence = { ...writer.presence, status: "gone" as const, nodes: [] };
    server.push(exampleUpdate(300, { writer: { ...writer, presence } }));
    await untilTrue(page, `document.querySelector(".writer[data-status=gone][data-marked=true]")`);
    const [line, text] = await page.evaluate<string[]>(`[
      getComputedStyle(document.querySelector(".writer rect")).stroke,
      getComputedStyle(document.querySelector(".writer text:nth-of-type(2)")).fill,
    ]`);
    assertEquals(line, text);
  }, { reducedMotion: "reduce" });
});

testInBrowser("the page shows any number of nodes and listeners", async (browser) => {
  await using server = new PageServer({
    ...exampleSnapshot(300),
    state: exampleSingle(300),
  });
  await visit(browser, server, async (page) => {
    await untilTrue(page, `document.querySelectorAll("#mesh .node").length === 1`);
    assertEquals(await page.locator("#mesh .link").count(), 0);
    const state = exampleState(301);
    const names = Array.from({ length: 6 }, (_, i) => `node_${i}:6379`);
    const changes: Partial<State> = {
      nodes: names.map((name) => ({ name, status: "up", since: state.since, hearing: {} })),
      links: names.slice(1).map((to) => ({
        from: names[0],
        to,
        status: "syncing",
        since: state.since,
      })),
      listeners: ["one", "two", "three"].map((name) => ({ ...state.listeners[0], name })),
    };
    server.push(exampleUpdate(301, changes));
    await untilTrue(page, `document.querySelectorAll("#mesh .node").length === 6`);
    assertEquals(await page.locator("#mesh .link[data-status=syncing]").count(), 5);
    assertEquals(await page.locator("article").count(), 3);
    assertEquals(await overlaps(page), []);
  });
});

testInBrowser("the page shows whatever a server says as text", async (browser) => {
  const evils = [
    `<img src=x onerror="document.title='evil'">`,
    `<script>document.title="evil"</script>`,
    `\u202egnirts desrever\u2066 \u0000\u001b[31m`,
    "long".repeat(2500),
    "__proto__",
  ];
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    for (const [i, evil] of evils.entries()) {
      const update = exampleUpdate(301 + i, evilState(301 + i, evil));
      server.push({ ...update, feed: evilEntries(evil), skipped: 3 });
      await untilText(page, "#seq", new RegExp(`^#${301 + i}$`));
      await untilText(page, "#feed li.skipped", /and 3 more/);
      assertEquals(await page.locator("img, main script, body > script").count(), 0);
      assertEquals(await page.title(), "KeyDB observable pattern");
      const text = await page.evaluate<string>("document.body.innerText");
      assert(!/[^\P{C}\n\t]/u.test(text), "a control character is shown");
      assertEquals(await sidewaysScroll(page), 0, `it scrolls sideways for ${evil.slice(0, 20)}`);
    }
    await untilTrue(page, `document.body.innerText.includes("<img src=x onerror=")`);
  }, { viewport: { width: 390, height: 844 } });
});

testInBrowser(
  "the feed stands still while it is paused, and shows some kinds only",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      await page.getByRole("button", { name: "Pause" }).click();
      const before = await textOf(page, "#feed");
      server.push({ ...exampleUpdate(301), skipped: 7 });
      await untilText(page, "#pause", /^Go on \(12 waiting\)$/);
      assertEquals(await textOf(page, "#feed"), before);
      await page.getByRole("button", { name: "Go on" }).click();
      await untilText(page, "#feed", /and 7 more/);
      await untilText(page, "#pause", /^Pause$/);
      await page.getByRole("checkbox", { name: "writes" }).uncheck();
      assertEquals(await page.locator("#feed .write:visible").count(), 0);
      assert(await page.locator("#feed .read:visible").count() > 0);
    });
  },
);

testInBrowser("the page stays as small as it is, however many updates come", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    const count = `document.querySelectorAll("*").length`;
    for (const round of [1, 2, 3, 4]) {
      for (let i = 1; i <= 500; i++) server.push(exampleUpdate(300 + 500 * (round - 1) + i));
      await untilText(page, "#seq", new RegExp(`^#${300 + 500 * round}$`));
      assertEquals(await page.locator("#feed li").count(), 200);
    }
    const nodes = await page.evaluate<number>(count);
    assert(nodes < 1500, `there are ${nodes} elements`);
  });
});

/** What is to be seen of each line. */
async function pixels(page: Page): Promise<string[]> {
  await untilTrue(page, `document.querySelectorAll("canvas").length === 2`);
  return await page.evaluate(
    `[...document.querySelectorAll("canvas")].map((canvas) => canvas.toDataURL())`,
  );
}

/** The boxes on the mesh that touch each other. */
async function overlaps(page: Page): Promise<string[]> {
  return await page.evaluate(`(() => {
    const boxes = [...document.querySelectorAll("#mesh .box rect")].map((rect) => rect.getBoundingClientRect());
    return boxes.flatMap((a, i) => boxes.slice(i + 1)
      .filter((b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom)
      .map((b) => JSON.stringify([a, b])));
  })()`);
}

async function sidewaysScroll(page: Page): Promise<number> {
  return await page.evaluate(
    "document.documentElement.scrollWidth - document.documentElement.clientWidth",
  );
}

/** The state where a server says the same about everything. */
function evilState(seq: number, evil: string): Partial<State> {
  const state = exampleState(seq);
  const { at, since } = state;
  const presence = {
    status: "gone" as const,
    since,
    reason: evil,
    nodes: [evil],
    observed: [evil],
  };
  const hearing = { reason: evil, since };
  return {
    observation: { state: "interrupted", ...hearing },
    nodes: [
      { name: evil, role: evil, status: "up", since, hearing },
      { name: `${evil} 2`, role: evil, status: "down", since, reason: evil, hearing },
    ],
    links: [{ from: evil, to: `${evil} 2`, status: "down", since }],
    writer: { name: evil, presence, hearing, last: { seq, at, path: [{ node: evil, after: 1 }] } },
    listeners: [
      { ...state.listeners[0], name: evil, presence, last: { phrase: evil, answered: at } },
    ],
    interval: { problem: evil },
  };
}

function evilEntries(evil: string): Entry[] {
  const [at, who] = [Date.now() * 1000, evil];
  return [
    { kind: "write", at, who, value: evil },
    { kind: "read", at, who, difference: -3 },
    { kind: "handshake", at, who, phrase: evil },
    { kind: "event", at, who, level: "warn", text: evil },
  ];
}
