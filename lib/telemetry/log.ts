/**
 * The roles' log: one line per message, for people or for machines. Only this file uses `@std/log`.
 */

import { ConsoleHandler, type LevelName, Logger, type LogRecord } from "@std/log";
import { shortenStamps } from "../protocol/stamp.ts";
import { escapeControls } from "../text.ts";
import type { LogOutput } from "./log_buffer.ts";

/** The levels, from the lowest to the highest. */
const LEVELS = ["debug", "info", "warn", "error"] as const;

/** Whether the log goes to a terminal, whose lines should be short. */
const IS_TERMINAL = Deno.stdout.isTerminal();

/** The lowest level that is logged. */
export type LogLevel = typeof LEVELS[number];

/** `text` for people, `json` for machines. */
export type LogFormat = "text" | "json";

/** The facts of a message, for machines: `event` names its kind. Text leaves them out. */
export interface LogFacts {
  readonly event: string;
  readonly [name: string]: string | number | undefined;
}

/** A role's log. */
export interface Log {
  /** Logs what helps to find a fault. */
  debug(message: string, facts?: LogFacts): void;
  /** Logs what the role does. */
  info(message: string, facts?: LogFacts): void;
  /** Logs what needs attention, although the role goes on. */
  warn(message: string, facts?: LogFacts): void;
  /** Logs what the role could not do. */
  error(message: string, facts?: LogFacts): void;
}

/** Passes lines to the output. */
class LineHandler extends ConsoleHandler {
  #output: LogOutput;

  constructor(level: LevelName, formatter: (record: LogRecord) => string, output: LogOutput) {
    super(level, { formatter, useColors: false });
    this.#output = output;
  }

  override log(line: string): void {
    this.#output.write(line);
  }
}

/** Writes lines to the console, at once. */
const CONSOLE: LogOutput = {
  write: (line) => console.log(line),
  takeLost: () => 0,
};

/**
 * Creates a role's log, which writes to standard output.
 *
 * In text, a line is the message, after its level unless that is info. In JSON, every line is an object of `time`
 * (ISO 8601), `level`, `role`, `message` and the message's facts. A message always stays on one line: control
 * characters are escaped, so that no value can forge a line.
 *
 * @param role The role's name.
 * @param level The lowest level that is logged.
 * @param format Text or JSON.
 * @param output Takes the lines; by default the console, at once. After a loss, a line that says how many lines were
 * lost precedes the next one.
 * @returns The log.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 *
 * createLog("writer", "info", "text").info("Starting writer");
 * ```
 */
export function createLog(
  role: string,
  level: LogLevel,
  format: LogFormat,
  output: LogOutput = CONSOLE,
): Log {
  const levelName = level.toUpperCase() as LevelName;
  const formatter = format === "json" ? formatJson : formatText;
  const handlers = [new LineHandler(levelName, formatter, output)];
  const logger = new Logger(role, levelName, { handlers });
  const write = (own: LogLevel) => (message: string, facts?: LogFacts) => {
    if (LEVELS.indexOf(own) < LEVELS.indexOf(level)) return;
    const lost = output.takeLost();
    if (lost > 0) logger.error(`${lost} log lines could not be written`, { event: "lost", lost });
    logger[own](message, facts);
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function formatText({ levelName, msg }: LogRecord): string {
  const text = escapeControls(IS_TERMINAL ? shortenStamps(msg) : msg);
  return levelName === "INFO" ? text : `${levelName} ${text}`;
}

function formatJson({ levelName, msg, datetime, loggerName, args }: LogRecord): string {
  const [facts] = args as [LogFacts?];
  return JSON.stringify({
    time: datetime.toISOString(),
    level: levelName.toLowerCase(),
    role: loggerName,
    message: escapeControls(msg),
    ...facts,
  });
}
