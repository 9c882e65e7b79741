import { assert, assertAlmostEquals, assertEquals } from "@std/assert";
import { layOut, lineBetween } from "./layout.js";

Deno.test("layOut() keeps boxes apart, and inside the drawing", () => {
  for (const width of [268, 340, 500, 700, 784, 900, 1200]) {
    for (let nodes = 0; nodes <= 12; nodes++) {
      for (let listeners = 0; listeners <= 6; listeners++) {
        const layout = layOut(nodes, listeners, width);
        const boxes = [layout.writer, ...layout.nodes, ...layout.listeners];
        assertEquals(boxes.length, 1 + nodes + listeners);
        const what = `${nodes} nodes and ${listeners} listeners on ${width} pixels`;
        for (const [i, a] of boxes.entries()) {
          assert(a.x - a.width / 2 >= 0 && a.x + a.width / 2 <= width, `${what}: over a side`);
          assert(a.y - a.height / 2 >= 0, `${what}: over the top`);
          assert(a.y + a.height / 2 <= layout.size.height, `${what}: over the bottom`);
          for (const b of boxes.slice(i + 1)) {
            const isBeside = Math.abs(a.x - b.x) >= (a.width + b.width) / 2;
            const isAbove = Math.abs(a.y - b.y) >= (a.height + b.height) / 2;
            assert(isBeside || isAbove, `${what}: boxes touch`);
          }
        }
      }
    }
  }
});

Deno.test("layOut() goes from left to right if there is room, else from top to bottom", () => {
  const wide = layOut(3, 2, 784);
  assert(wide.writer.x < wide.nodes[0].x && wide.nodes[1].x < wide.listeners[0].x);
  assert(wide.nodes[1].y < wide.nodes[2].y, "the second node is above the third, as its listener");
  const upright = layOut(3, 2, 340);
  assert(upright.writer.y < upright.nodes[0].y && upright.nodes[1].y < upright.listeners[0].y);
  assert(upright.nodes[1].x < upright.nodes[2].x, "the second node is left of the third");
});

Deno.test("lineBetween() goes from edge to edge, beside the line of the opposite direction", () => {
  const [a, b] = [{ x: 50, y: 50, width: 60, height: 40 }, {
    x: 250,
    y: 50,
    width: 60,
    height: 40,
  }];
  assertEquals(lineBetween(a, b), [{ x: 80, y: 50 }, { x: 220, y: 50 }]);
  const [there, back] = [lineBetween(a, b, 6), lineBetween(b, a, 6)];
  assertEquals(there.map(({ y }) => y), [56, 56]);
  assertEquals(back.map(({ y }) => y), [44, 44]);
  const [start] = lineBetween(a, { ...b, x: 150, y: 150 }, 6);
  assertAlmostEquals(start.y, 70, 1e-9);
  assertEquals(lineBetween(a, a), [{ x: 50, y: 50 }, { x: 50, y: 50 }]);
});
