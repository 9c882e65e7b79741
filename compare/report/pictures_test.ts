import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { exampleReport, exampleScenario } from "./_example.ts";
import { THEMES } from "../../charts/theme.ts";
import { captionOf, drawPicture, hasPicture } from "./pictures.ts";
import type { PointResult, ScenarioResult } from "../results.ts";

const results = exampleReport();

/** A scenario with other points. */
function withPoints(
  scenario: ScenarioResult,
  change: (points: readonly PointResult[]) => readonly PointResult[],
): ScenarioResult {
  return { ...scenario, points: change(scenario.points) };
}

function textsIn(svg: string): string[] {
  return Array.from(svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g), ([, text]) => text);
}

Deno.test("drawPicture() draws every scenario, the same every time", () => {
  for (const scenario of results.scenarios) {
    const svg = drawPicture(scenario, results.clock, "light");
    assertMatch(svg, /^<svg [^>]*viewBox="0 0 860 \d+"[^]*<\/svg>$/);
    assertEquals(svg.includes("\n\n"), false);
    assertEquals(/NaN|undefined|Infinity/.test(svg), false);
    assertEquals(drawPicture(scenario, results.clock, "light"), svg);
  }
});

Deno.test("drawPicture() uses the colours of its theme", () => {
  const scenario = exampleScenario("rates");
  const [light, dark] = (["light", "dark"] as const).map((name) =>
    drawPicture(scenario, null, name)
  );
  for (const [svg, own, other] of [[light, "light", "dark"], [dark, "dark", "light"]] as const) {
    for (const colour of THEMES[own].variants) assertStringIncludes(svg, colour);
    for (const colour of THEMES[other].variants) assertEquals(svg.includes(colour), false);
  }
});

Deno.test("drawPicture() names the variants, the axes and the measured points", () => {
  const texts = textsIn(drawPicture(exampleScenario("noise"), null, "light"));
  for (const text of ["keyevent", "keyspace", "unrelated SETs/s", "time difference p99"]) {
    assert(texts.includes(text), `${text} should be among ${texts}`);
  }
  for (const point of ["0", "1,000", "20,000"]) assert(texts.includes(point), point);
});

Deno.test("drawPicture() takes a single point", () => {
  for (const scenario of results.scenarios) {
    const svg = drawPicture(withPoints(scenario, ([first]) => [first]), results.clock, "light");
    assertEquals(/NaN|undefined|Infinity/.test(svg), false);
  }
});

Deno.test("drawPicture() leaves out a variant that is not there", () => {
  const scenario = withPoints(
    exampleScenario("burst"),
    (points) => points.map((point) => ({ ...point, variants: point.variants.slice(1) })),
  );
  const texts = textsIn(drawPicture(scenario, null, "light"));
  assertEquals(texts.filter((text) => text === "4.16 ms").length, 1);
  assertEquals(texts.filter((text) => text === "1.29 ms").length, 0);
});

Deno.test("drawPicture() takes figures of zero, and points without any", () => {
  const zero = { median: 0, least: 0, greatest: 0 };
  for (const scenario of results.scenarios) {
    const changed = withPoints(scenario, (points) =>
      points.map((point, index) => ({
        ...point,
        variants: point.variants.map((variant) => ({
          ...variant,
          merged: {
            ...variant.merged,
            timeDifference: { ...variant.merged.timeDifference, curve: [] },
          },
          runs: variant.runs.map((run) => ({ ...run, staleness: [[0, 0], [1, 0]] as const })),
          figures: mapValues(variant.figures, () => index === 0 ? null : zero),
        })),
      })));
    assertEquals(/NaN|undefined|Infinity/.test(drawPicture(changed, null, "light")), false);
  }
});

Deno.test("captionOf() explains the grey ground where there is any", () => {
  const scenario = exampleScenario("replica");
  assertMatch(captionOf(scenario, { offset: 0, uncertainty: 300 }), /Where the ground is grey/);
  assertEquals(/grey/.test(captionOf(scenario, { offset: 0, uncertainty: 1 })), false);
  assertEquals(/grey/.test(captionOf(scenario, null)), false);
});

Deno.test("hasPicture() wants a valid repetition", () => {
  const scenario = exampleScenario("rates");
  const invalid = withPoints(scenario, (points) =>
    points.map((point) => ({
      ...point,
      variants: point.variants.map((variant) => ({
        ...variant,
        runs: variant.runs.map((run) => ({ ...run, invalid: "late" })),
      })),
    })));
  assertEquals([scenario, invalid].map(hasPicture), [true, false]);
});

function mapValues<K extends string, A, B>(
  values: Readonly<Record<K, A>>,
  change: (value: A) => B,
): Record<K, B> {
  const entries = Object.entries<A>(values).map(([key, value]) => [key, change(value)]);
  return Object.fromEntries(entries);
}

Deno.test("drawPicture() draws what there is where some figures are missing", () => {
  for (const { points, ...scenario } of exampleReport().scenarios) {
    const bare = points.map((point) => ({
      ...point,
      variants: point.variants.map((variant) => ({
        ...variant,
        figures: {
          ...variant.figures,
          serverCpuPer1000: null,
          timeDifferenceP99: null,
          catchUp: null,
        },
        runs: variant.runs.map((run) => ({ ...run, staleness: [] })),
      })),
    }));
    const svg = drawPicture({ ...scenario, points: bare }, null, "light");
    assertEquals(svg.match(/Infinity|NaN|undefined/g), null, scenario.name);
  }
});
