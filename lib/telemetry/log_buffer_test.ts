import { assertEquals } from "@std/assert";
import { until } from "../../tests/testing.ts";
import { LogBuffer } from "./log_buffer.ts";

const DECODER = new TextDecoder();

/** A standard output that has room for `room` bytes, and keeps what was written. */
class Output {
  text = "";
  room = Infinity;
  readonly write = (bytes: Uint8Array): number => {
    if (this.room === 0) throw new Error("No space left on device (os error 28)");
    const part = bytes.subarray(0, Math.min(this.room, 7)); // systems write in parts
    this.room -= part.length;
    this.text += DECODER.decode(part);
    return part.length;
  };
}

Deno.test("LogBuffer writes its lines soon, complete and in order", async () => {
  const output = new Output();
  const buffer = new LogBuffer(5, output.write);
  for (const line of ["first line", "second line", ""]) buffer.write(line);
  assertEquals(output.text, "");
  await until(() => output.text === "first line\nsecond line\n\n", () => output.text);
  buffer.write("third line");
  buffer.flush();
  assertEquals(output.text, "first line\nsecond line\n\nthird line\n");
});

Deno.test("LogBuffer writes at once if no line may wait", () => {
  const output = new Output();
  const buffer = new LogBuffer(0, output.write);
  buffer.write("first");
  assertEquals(output.text, "first\n");
});

Deno.test("LogBuffer does not fill the memory of a process that is never idle", () => {
  const output = new Output();
  const buffer = new LogBuffer(5, output.write);
  for (let line = 0; line < 999; line++) buffer.write("x");
  assertEquals(output.text, "");
  buffer.write("x");
  assertEquals(output.text, "x\n".repeat(1000));
});

Deno.test("LogBuffer counts lines that cannot be written, and ends a partial line", () => {
  const output = new Output();
  const buffer = new LogBuffer(5, output.write);
  output.room = 9;
  for (const line of ["one", "two", "three"]) buffer.write(line);
  buffer.flush();
  assertEquals(output.text, "one\ntwo\nt");
  assertEquals(buffer.takeLost(), 1);
  buffer.write("1 line was lost");
  buffer.flush();
  assertEquals(buffer.takeLost(), 1, "the line that reported it is lost too, but not counted");
  output.room = Infinity;
  buffer.write("1 line was lost");
  buffer.write("four");
  buffer.flush();
  assertEquals(output.text, "one\ntwo\nt\n1 line was lost\nfour\n");
  assertEquals(buffer.takeLost(), 0);
});
