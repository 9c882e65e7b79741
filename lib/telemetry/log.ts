/**
 * The roles' log: one line a message, for people or for machines. The only file that knows
 * `@std/log`.
 */

import { ConsoleHandler, type LevelName, Logger, type LogRecord } from "@std/log";
import { escapeControls } from "../text.ts";

/** The levels, from the lowest to the highest. */
const LEVELS = ["debug", "info", "warn", "error"] as const;

/** The lowest level that is logged. */
export type LogLevel = typeof LEVELS[number];

/** `text` for people, `json` for machines. */
export type LogFormat = "text" | "json";

/** What a message says, for machines: `event` names its kind. Text leaves it out. */
export interface LogFacts {
  readonly event: string;
  readonly [name: string]: string | number | undefined;
}

/** Where a role's messages go. */
export interface Log {
  /** Logs what helps to find a fault. */
  debug(message: string, facts?: LogFacts): void;
  /** Logs what the role does. */
  info(message: string, facts?: LogFacts): void;
  /** Logs what somebody should look at although the role goes on. */
  warn(message: string, facts?: LogFacts): void;
  /** Logs what the role could not do. */
  error(message: string, facts?: LogFacts): void;
}

/** How many lines of this process could not be written since the last one that could. */
let lost = 0;

/**
 * Creates a role's log, which writes to standard output.
 *
 * A line that cannot be written, for example because the disk is full, does no harm. The next one that can be
 * written is preceded by an error that says how many were lost. Lines to a pipe that nobody reads any more are
 * not counted: Deno does not say that they are lost.
 *
 * In text, messages of level info stand alone and others behind their level; in JSON every line is an
 * object of `time` (ISO 8601), `level`, `role`, `message` and the message's facts. Either way a message
 * stays on its one line: control characters are escaped, so that no value can forge a line.
 *
 * @param role The role's name.
 * @param level The lowest level that is logged.
 * @param format Text or JSON.
 * @returns The log.
 *
 * @example Usage
 * ```ts
 * import { createLog } from "./log.ts";
 *
 * createLog("writer", "info", "text").info("Starting writer");
 * ```
 */
export function createLog(role: string, level: LogLevel, format: LogFormat): Log {
  const levelName = level.toUpperCase() as LevelName;
  const formatter = format === "json" ? formatJson : formatText;
  const handler = new ConsoleHandler(levelName, { formatter, useColors: false });
  const logger = new Logger(role, levelName, { handlers: [handler] });
  const write = (own: LogLevel) => (message: string, facts?: LogFacts) => {
    if (LEVELS.indexOf(own) < LEVELS.indexOf(level)) return;
    try {
      if (lost > 0) {
        console.log(""); // ends a line that was written in part
        logger.error(`${lost} log lines could not be written`, { event: "lost", lost });
        lost = 0;
      }
      logger[own](message, facts);
    } catch {
      lost++;
    }
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function formatText({ levelName, msg }: LogRecord): string {
  return levelName === "INFO" ? escapeControls(msg) : `${levelName} ${escapeControls(msg)}`;
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
