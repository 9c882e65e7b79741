import { assert, assertEquals, assertMatch } from "@std/assert";
import type { Page } from "../browser.ts";
import { testInBrowser } from "../browser.ts";
import { until } from "../../cluster/waiting.ts";
import {
  exampleEmpty,
  exampleLoss,
  exampleOutage,
  exampleSingle,
  exampleSnapshot,
  exampleState,
  exampleUpdate,
  START,
} from "./example.ts";
import { PageServer } from "./server.ts";
import { assertIsAccessible, textOf, untilText, untilTrue, visit } from "./visiting.ts";
import { formatAlike, formatDuration } from "../../dashboard/page/format.js";
import type { Entry, Second, State } from "../../dashboard/protocol.ts";

testInBrowser("the page shows the snapshot, and then the updates", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    assertEquals(await textOf(page, "#connection"), "● Page live");
    const lines = await pixels(page);
    server.push(exampleUpdate(301));
    await untilText(page, "#seq", /^#301$/);
    await untilText(page, "#feed li b", /^listener_async$/);
    assertEquals(await page.locator("#feed li").count(), 105);
    const [sync, async] = await page.locator("article").allTextContents();
    assertMatch(sync, /^Looplistener_sync● here since .*, on node 2p50, last minute1\.24 ms/);
    assertMatch(sync, /p99–last, .* ago1\.07 ms/);
    assertMatch(async, /301handled0skipped|handled301skipped0missed0unanswered0/);
    assertMatch(await textOf(page, "#figures"), /Loop: read1\.24 ms1\.8 ms2\.85 ms6\.45 ms/);
    assertMatch(await textOf(page, "#waterfall"), /node 2888 µs[^]*Loop1\.07 ms → 1\.75 ms/);
    await until(async () => (await pixels(page))[0] !== lines[0], "the lines to move");
  });
});

testInBrowser("both lines are on one chart with one scale", async (browser) => {
  const snapshot = exampleSnapshot(30);
  const at = snapshot.state.at - 5e6;
  const lines = {
    listener_sync: [[at, 12, 12, 12], [at + 1e6, 20, 20, 20]],
    listener_async: [[at, 90_000, 90_000, 90_000], [at + 1e6, 90_000, 90_000, 90_000]],
  };
  await using server = new PageServer({ ...snapshot, lines: lines as never });
  await visit(browser, server, async (page) => {
    await untilTrue(page, `document.querySelectorAll("canvas").length === 1`);
    // The place of each line, from the top: the small values are far below the others.
    const heights = await page.evaluate<number[]>(`((canvas) => {
      const { width, height } = canvas;
      const { data } = canvas.getContext("2d").getImageData(0, 0, width, height);
      return [...document.querySelectorAll("#duel-legend li")].map((item) => {
      const color = getComputedStyle(item).color.match(/\\d+/g).map(Number);
      const at = (i) => color.every((part, k) => Math.abs(data[4 * i + k] - part) < 8);
      const found = Array.from({ length: width * height }, (_, i) => i).find(at);
      return Math.floor(found / width) / height;
      });
    })(document.querySelector("canvas"))`);
    assert(heights[0] > 0.5 && heights[1] < 0.3, `the lines are at ${heights}`);
  });
});

testInBrowser("the verdict changes with the data, and names a slow listener", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(
      page,
      "#verdict",
      /^Neither is ahead: Loop and Callback are not distinguishable\.$/,
    );
    await untilText(
      page,
      "#evidence",
      /^Last minute: p50 Loop 1\.24 ms, Callback 1\.61 ms \(n = 60 and 60\)\. /,
    );
    const { listeners } = exampleState(301);
    server.push(exampleUpdate(301, {
      verdict: { ratio: 42, low: 40, high: 44, verdict: "slower" },
      listeners: listeners.map((listener, i) => ({
        ...listener,
        minute: { ...listener.minute, p50: i === 0 ? 940 : 52_000, skipped: 90 * i },
      })),
    }));
    await untilText(
      page,
      "#verdict",
      /^Loop is faster: Callback takes 42 times as long\. Callback skips 60 %\.$/,
    );
    await untilText(page, "#evidence", /p50 Loop 0\.94 ms, Callback 52 ms /); // one unit
    await untilText(page, "article", /last minute0\.94 ms/);
    await untilText(
      page,
      "#health-line",
      /All is well: .*; Callback skips older values, as designed$/,
    );
    server.push(exampleUpdate(302, { listeners: exampleLoss(302).listeners }));
    await untilText(page, "#verdict", /^Nothing to compare: Callback is gone\.$/);
  });
});

testInBrowser("the cursor on the chart shows the values drawn there", async (browser) => {
  const snapshot = exampleSnapshot(300);
  await using server = new PageServer(snapshot);
  const { lines } = snapshot;
  const values = ([, p50, least, greatest]: Second) => [p50, least, greatest].map(formatDuration);
  const isShown = (readout: string, listener: string) =>
    lines[listener].some((second) => {
      const [p50, least, greatest] = values(second);
      return readout.includes(`p50 ${p50} (${least} to ${greatest})`);
    });
  await visit(browser, server, async (page) => {
    await untilTrue(page, `document.querySelector("canvas")`);
    const { x, y, width, height } = (await page.locator("#chart canvas").boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    await untilText(page, "#readout", /^\d\d:\d\d:\d\d · Loop p50 .* · Callback p50 /);
    const hovered = await textOf(page, "#readout");
    assert(isShown(hovered, "listener_sync") && isShown(hovered, "listener_async"), hovered);
    await page.locator("#chart").focus();
    await page.keyboard.press("ArrowRight");
    await until(async () => await textOf(page, "#readout") !== hovered, "the next second's values");
    const next = await textOf(page, "#readout");
    assert(isShown(next, "listener_sync"), next);
  });
});

testInBrowser("no element moves when an outage begins or ends", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  for (const viewport of [{ width: 1280, height: 800 }, { width: 390, height: 844 }]) {
    await visit(browser, server, async (page) => {
      await untilText(page, "#health-line", /^● All is well: 3 nodes, writer, 2 listeners$/);
      await untilTrue(page, `document.querySelector("canvas")`);
      await page.evaluate(`(() => {
        window.shifts = [];
        new PerformanceObserver((list) => {
          for (const { sources } of list.getEntries()) {
            window.shifts.push(...sources.map(({ node }) => (node.outerHTML ?? node.data).slice(0, 100)));
          }
        }).observe({ type: "layout-shift", buffered: false });
      })()`);
      const before = await topsOf(page);
      for (const state of [exampleLoss(301), exampleOutage(302), exampleState(303)]) {
        server.push({ ...exampleUpdate(301), state });
        const isWell = state.nodes.every(({ status }) => status === "up");
        await untilText(page, "#health-line", isWell ? /^● All is well/ : /^✕ /);
        assertEquals(await topsOf(page), before);
      }
      assertEquals(await page.evaluate("window.shifts"), []);
    }, { viewport });
  }
});

testInBrowser(
  "the page does not move when a mark is read, however long its text is",
  async (browser) => {
    const { state, ...snapshot } = exampleSnapshot(300);
    const text = `is gone: ${"for a reason ".repeat(20)}`;
    const event = {
      kind: "event",
      at: state.at - 2e6,
      who: "listener_async",
      level: "warn",
      text,
    } as const;
    await using server = new PageServer({ ...snapshot, state, events: [event] });
    for (const width of [1280, 1000, 390]) {
      await visit(browser, server, async (page) => {
        await untilText(page, "#readout", /^Line: median of each second\. .* Logarithmic scale\.$/);
        const before = await topsOf(page);
        await page.locator("#chart").focus();
        for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
        await untilText(page, "#readout", /Callback is gone: for a reason/);
        assertEquals(await topsOf(page), before);
      }, { viewport: { width, height: 800 } });
    }
  },
);

testInBrowser("no figure reaches into the next one on a phone", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#health-line", /^● All is well/);
    const { listeners } = exampleState(301);
    for (const p50s of [[1240, 1610], [412, 999_000], [1234, 999_000], [undefined, undefined]]) {
      const changed = listeners.map((listener, i) => ({
        ...listener,
        minute: { ...listener.minute, p50: p50s[i], p99: p50s[i] },
      }));
      server.push(exampleUpdate(301, { listeners: changed }));
      await untilText(page, "article .stats dd", new RegExp(`^${formatAlike(p50s)[0]}$`));
      const tooWide = await page.evaluate(
        `[...document.querySelectorAll(".stats dd")]
          .filter((figure) => figure.scrollWidth > figure.clientWidth)
          .map(({ textContent }) => textContent)`,
      );
      assertEquals(tooWide, []);
    }
  }, { viewport: { width: 390, height: 844 } });
});

testInBrowser("rare events stay, however many writes come", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#events", /^No events yet\.$/);
    const event: Entry = {
      kind: "event",
      at: START,
      who: "listener_async",
      level: "warn",
      text: "missed 3 values",
    };
    server.push({ ...exampleUpdate(301), feed: [event, ...exampleUpdate(301).feed] });
    for (let seq = 302; seq < 400; seq++) server.push(exampleUpdate(seq));
    await untilText(page, "#seq", /^#399$/);
    await untilText(page, "#events", /^\d\d:\d\d:\d\dlistener_async ⚠ missed 3 values$/);
    assertEquals(await page.locator("#feed .event").count(), 0);
  });
});

testInBrowser("any of the last hundred writes can be chosen", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    await page.locator("#choice").focus();
    for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowLeft");
    await untilText(page, "#seq", /^#297$/);
    server.push(exampleUpdate(301));
    await untilText(page, "#feed li p", /^listener_async answered #301/);
    assertEquals(await textOf(page, "#seq"), "#297"); // it stays at the chosen write
    await page.getByRole("button", { name: "Show the last write" }).click();
    await untilText(page, "#seq", /^#301$/);
    await page.keyboard.press("Shift+Tab");
  });
});

testInBrowser("slow handlers are visible without numbers", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    const { listeners } = exampleState(301);
    const loads = [
      { atOnce: 0.97, handled: 48, skipped: 77 },
      { atOnce: 2.6, handled: 125, skipped: 0 },
    ];
    server.push(exampleUpdate(301, {
      listeners: listeners.map((listener, i) => {
        const { atOnce, ...counts } = loads[i];
        return { ...listener, atOnce, minute: { ...listener.minute, ...counts } };
      }),
    }));
    await untilText(page, "article .lanes", /62 % skipped$/);
    const busy = (index: number) =>
      page.locator("article").nth(index).locator("circle[data-busy=true]").count();
    assertEquals([await busy(0), await busy(1)], [1, 3]);
    const width = (index: number, part: string) =>
      page.locator("article").nth(index).locator(`.${part}`).getAttribute("width");
    assertEquals(await width(1, "handled"), "100%");
    assertEquals(await width(0, "skipped"), "62%");
  });
});

testInBrowser(
  "an empty page says what to run next, and nothing moves when all has started",
  async (browser) => {
    await using server = new PageServer({
      ...exampleSnapshot(1),
      lines: {},
      traces: [],
      feed: [],
      state: exampleEmpty(),
    });
    await visit(browser, server, async (page) => {
      await untilText(page, "#health-line", /^○ Not seen yet: the writer, Loop and Callback$/);
      assertMatch(await textOf(page, "#evidence"), / Start each in a terminal: deno task writer, /);
      assertEquals(await textOf(page, "#written"), "no writes yet");
      assertMatch(await textOf(page, "#mesh"), /writer○ not seen yet.*Loop○ not seen yet/);
      const before = await topsOf(page);
      server.push(exampleUpdate(2));
      await untilText(page, "#health-line", /^● All is well/);
      await untilText(page, "#seq", /^#2$/);
      assertEquals(await topsOf(page), before);
    });
  },
);

testInBrowser("the verdict fits its line, whatever the figures", async (browser) => {
  const listeners = exampleState(301).listeners.map((listener) => ({
    ...listener,
    minute: {
      seconds: 60,
      count: 12_345,
      handled: 12_345,
      skipped: 98_765,
      p50: 1.234e6,
      p99: 5e6,
    },
  }));
  const verdict = {
    ratio: 1.234,
    low: 0.987,
    high: 1.456,
    verdict: "not distinguishable",
  } as const;
  for (const width of [1280, 1185, 1100, 769, 641, 390]) {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      const before = await topsOf(page);
      server.push(exampleUpdate(301, { listeners, verdict }));
      await untilText(page, "#verdict", /skips 89 %, Callback 89 %\.$/);
      assertEquals(await topsOf(page), before);
      const cut = await page.evaluate(
        `["verdict", "evidence", "readout"].map((id) => document.getElementById(id)).filter((line) =>
          line.scrollWidth > line.clientWidth || line.scrollHeight > line.clientHeight
        ).map(({ textContent }) => textContent)`,
      );
      assertEquals(cut, []);
    }, { viewport: { width, height: 800 } });
  }
});

testInBrowser("the page shows what is down or gone, and since when", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#seq", /^#300$/);
    server.push({ ...exampleUpdate(301), state: exampleLoss(301) });
    await untilText(page, "#problems", /\(keydb_03:6379\) is down since/);
    const [node, listener] = await page.locator("#problems li").allTextContents();
    assertMatch(
      node,
      /^✕ Node 3 \(keydb_03:6379\) is down since .*\d\d:\d\d:46 \(1\d s\): connection refused$/,
    );
    assertMatch(listener, /^✕ Callback is gone since .* \(1\d s\): no node has a connection/);
    assertMatch(
      await textOf(page, "article[data-status=gone]"),
      /^Callbacklistener_async✕ gone since \S+( \S+)? \(1\d s\)p50.*unanswered14$/,
    );
    assertMatch(await textOf(page, "#mesh"), /node 3 ✕ downkeydb_03:6379for 1\d s/);
    await untilText(page, "#told-problems", /\(keydb_03:6379\) is down\. Callback is gone\./);
    server.push(exampleUpdate(302));
    await untilText(page, "#told-problems", /\(keydb_03:6379\) is up again\. Callback is back\./);
    assertEquals(await textOf(page, "#problems"), "");
  });
});

testInBrowser("the page shows that nothing is live while no node is up", async (browser) => {
  await using server = new PageServer(exampleSnapshot(300));
  await visit(browser, server, async (page) => {
    await untilText(page, "#connection", /^● Page live$/);
    server.push({ ...exampleUpdate(301), state: exampleOutage(301) });
    await untilText(page, "#connection", /^✕ No node$/);
    await untilText(
      page,
      "#health-line",
      /^✕ All three nodes are down since .*:46 \(1\d s\): no node answers$/,
    );
    assertMatch(await page.title(), /^✕ No node – /);
    await untilText(page, "#told-problems", /All three nodes are down\./);
    for (const text of await page.locator("article .presence").allTextContents()) {
      assertMatch(text, /^\? unknown since .* \(1\d s\)$/);
    }
    assertEquals(await page.locator('#mesh .box[data-status="unknown"]').count(), 3);
    assertMatch(await textOf(page, "#age"), /^\d+(\.\d)? s ago, last known$/);
    assertMatch(await textOf(page, "article"), /unanswered–$/);
    await untilText(page, "#interval-current", /a write every \? s/);
    await assertIsAccessible(page);
    server.push(exampleUpdate(302));
    await untilText(page, "#connection", /^● Page live$/);
    await untilText(page, "#told-problems", /A node is up again\./);
  }, { bypassCSP: true });
});

testInBrowser(
  "the page shows what does not reach the dashboard, and who was never there",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#connection", /^● Page live$/);
      const { at, nodes, listeners } = exampleState(301);
      const hearing = { reason: "NOPERM", since: at - 5e6 };
      const [sync, async] = listeners;
      const presence = { status: "unseen", nodes: [], observed: [] } as const;
      server.push(exampleUpdate(301, {
        observation: { state: "interrupted", ...hearing },
        nodes: nodes.map((node, i) => i === 1 ? { ...node, hearing } : node),
        listeners: [{ ...sync, hearing, unanswered: undefined }, { ...async, presence }],
      }));
      await untilText(page, "#problems", /Not seen yet: Callback$/);
      assertEquals(await textOf(page, "#connection"), "◐ Partly live");
      const [first, second, third] = await page.locator("#problems li").allTextContents();
      assertMatch(first, /^✕ Not all handshakes reach the dashboard since .*: NOPERM$/);
      assertMatch(
        second,
        /^◐ Writes at node 2 do not reach the dashboard since .*: NOPERM$/,
      );
      assertEquals(third, "○ Not seen yet: Callback");
      const presences = await page.locator("article .presence").allTextContents();
      assertMatch(presences[0], /^● here since .*, on node 2; \? answers unknown since /);
      assertEquals(presences[1], "○ not seen yet");
      assertMatch(
        await textOf(page, "#mesh"),
        /node 2 ● upkeydb_02:6379\? writes unknown/,
      );
    });
  },
);

testInBrowser("a gone role looks gone, although the last write came from it", async (browser) => {
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

testInBrowser("the page shows everything from a server as text", async (browser) => {
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
  "the feed stays unchanged while it is paused, and can be filtered by kind",
  async (browser) => {
    await using server = new PageServer(exampleSnapshot(300));
    await visit(browser, server, async (page) => {
      await untilText(page, "#seq", /^#300$/);
      await page.getByRole("button", { name: "Pause" }).click();
      const before = await textOf(page, "#feed");
      server.push({ ...exampleUpdate(301), skipped: 7 });
      await untilText(page, "#pause", /^Resume \(12 waiting\)$/);
      assertEquals(await textOf(page, "#feed"), before);
      await page.getByRole("button", { name: "Resume" }).click();
      await untilText(page, "#feed", /and 7 more/);
      await untilText(page, "#pause", /^Pause$/);
      await page.getByRole("checkbox", { name: "writes" }).uncheck();
      assertEquals(await page.locator("#feed .write:visible").count(), 0);
      assert(await page.locator("#feed .read:visible").count() > 0);
    });
  },
);

testInBrowser("the page does not grow, however many updates come", async (browser) => {
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

/** The place of each part of the page, from the top. */
async function topsOf(page: Page): Promise<number[]> {
  return await page.evaluate(
    `[...document.querySelectorAll("main > *, article, #verdict, #chart, #mesh svg")]
      .map((element) => element.getBoundingClientRect().top)`,
  );
}

/** The picture of each chart. */
async function pixels(page: Page): Promise<string[]> {
  await untilTrue(page, `document.querySelectorAll("canvas").length === 1`);
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

/** The state with the same text everywhere. */
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
