import { assert, assertEquals } from "@std/assert";
import { createLog, type LogFormat, type LogLevel } from "./log.ts";

/** Runs a function and returns the lines that it printed. */
function printed(print: () => void): string[] {
  const original = console.log;
  const lines: string[] = [];
  console.log = (line: string) => lines.push(line);
  try {
    print();
  } finally {
    console.log = original;
  }
  return lines;
}

function logAll(level: LogLevel, format: LogFormat): string[] {
  return printed(() => {
    const log = createLog("writer", level, format);
    log.debug("d");
    log.info("i");
    log.warn("w");
    log.error("e");
  });
}

Deno.test("createLog() prints the level before a message, except for info", () => {
  assertEquals(logAll("debug", "text"), ["DEBUG d", "i", "WARN w", "ERROR e"]);
});

Deno.test("createLog() leaves out what is below its level", () => {
  assertEquals(logAll("warn", "text"), ["WARN w", "ERROR e"]);
});

Deno.test("createLog() prints one object per line in JSON", () => {
  const [line] = printed(() => createLog("writer", "info", "json").warn('say "hi"'));
  const { time, ...rest } = JSON.parse(line);
  assertEquals(rest, { level: "warn", role: "writer", message: 'say "hi"' });
  assert(Math.abs(Date.parse(time) - Date.now()) < 60_000);
});

Deno.test("createLog() adds a message's facts in JSON, and leaves them out of text", () => {
  const facts = { event: "set", seq: 1, gone: undefined };
  const [json] = printed(() => createLog("writer", "info", "json").info("m", facts));
  const { time: _, ...rest } = JSON.parse(json);
  assertEquals(rest, { level: "info", role: "writer", message: "m", event: "set", seq: 1 });
  assertEquals(printed(() => createLog("writer", "info", "text").info("m", facts)), ["m"]);
});

Deno.test("createLog() keeps a message on one line, so that no line can be forged", () => {
  const hostile = "x\nERROR forged\r\u001b[2K\u2028y";
  const escaped = "x\\nERROR forged\\r\\x1b[2K\\u{2028}y";
  const [text] = printed(() => createLog("writer", "info", "text").info(hostile));
  assertEquals(text, escaped);
  const [json] = printed(() => createLog("writer", "info", "json").info(hostile));
  assertEquals(JSON.parse(json).message, escaped);
  assertEquals(json.split("\n").length, 1);
});

Deno.test("createLog() says how many lines were lost, before the next one", () => {
  const lines: string[] = [];
  let lost = 2;
  const output = {
    write: (line: string) => void lines.push(line),
    takeLost: () => [lost, lost = 0][0],
  };
  const log = createLog("writer", "error", "text", output);
  log.info("below the level");
  log.error("3");
  log.error("4");
  assertEquals(lines, ["ERROR 2 log lines could not be written", "ERROR 3", "ERROR 4"]);
});
