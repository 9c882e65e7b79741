import { assert, assertEquals, assertMatch } from "@std/assert";
import { exampleReport } from "./_example.ts";
import { costsPicture, crowdsPicture, drawPicture, patternsPicture } from "./pictures.ts";

Deno.test("The pictures show their names and ratios", () => {
  const results = exampleReport();
  const costs = drawPicture(costsPicture(results)!, "light");
  for (const text of ["p50, 100 writes a second", "stream", "observer, loop", "0.50"]) {
    assert(costs.includes(`>${text}<`), text);
  }
  assertMatch(drawPicture(patternsPicture(results)!, "dark"), />wait 20 ms, 100\/s</);
  assertMatch(drawPicture(crowdsPicture(results)!, "light"), />keyspace<[^]*>keyevent<|>keyevent</);
});

Deno.test("All panels of a picture share one axis", () => {
  const { sketch } = costsPicture(exampleReport())!;
  const axes = sketch.panels.map(({ x }) => [x.min, x.max]);
  assertEquals(axes.length, 2);
  assertEquals(new Set(axes.map((axis) => axis.join())).size, 1);
});

Deno.test("There is no picture if there are too few repetitions", () => {
  const results = exampleReport();
  const costs = results.costs.map((point) => ({ ...point, runs: point.runs.slice(0, 3) }));
  assertEquals(costsPicture({ ...results, costs }), undefined);
  assertEquals(crowdsPicture({ ...results, crowds: [] }), undefined);
});

Deno.test("A picture is the same for the same figures", () => {
  const draw = () => drawPicture(costsPicture(exampleReport())!, "light");
  assertEquals(draw(), draw());
});
