/**
 * Stand-in for `jsr:@std/log` if JSR cannot be reached: the few functions that `lib/telemetry/log.ts` uses, with the
 * same signatures and the same output.
 */

/** Names of the levels, from the lowest to the highest. */
export type LevelName = "DEBUG" | "INFO" | "WARN" | "ERROR";

const LEVELS: Record<LevelName, number> = { DEBUG: 10, INFO: 20, WARN: 30, ERROR: 40 };

/** One message on its way to the handlers. */
export interface LogRecord {
  /** The message. */
  readonly msg: string;
  /** The arguments logged with the message. */
  readonly args: unknown[];
  /** The message's level. */
  readonly levelName: string;
  /** The logger's name. */
  readonly loggerName: string;
  /** When it was logged. */
  readonly datetime: Date;
}

/** Options for {@linkcode ConsoleHandler}. The stand-in has no colours. */
export interface ConsoleHandlerOptions {
  /** Formats a record as a line. */
  formatter: (record: LogRecord) => string;
  /** No colours. */
  useColors: false;
}

/** Writes records to the console. */
export class ConsoleHandler {
  #level: number;
  #formatter: (record: LogRecord) => string;

  /** Creates a handler for records at or above a level. */
  constructor(levelName: LevelName, options: ConsoleHandlerOptions) {
    this.#level = LEVELS[levelName];
    this.#formatter = options.formatter;
  }

  /** Writes a record, unless its level is too low. */
  handle(record: LogRecord): void {
    if (this.#level <= LEVELS[record.levelName as LevelName]) this.log(this.#formatter(record));
  }

  /** Writes a line. */
  log(msg: string): void {
    console.log(msg);
  }
}

/** Passes messages at or above a level to its handlers. */
export class Logger {
  #loggerName: string;
  #level: number;
  #handlers: ConsoleHandler[];

  /** Creates a logger with a name and a level. */
  constructor(loggerName: string, levelName: LevelName, options: { handlers: ConsoleHandler[] }) {
    this.#loggerName = loggerName;
    this.#level = LEVELS[levelName];
    this.#handlers = options.handlers;
  }

  /** Logs at the level DEBUG. */
  debug(msg: string, ...args: unknown[]): string {
    return this.#log("DEBUG", msg, args);
  }

  /** Logs at the level INFO. */
  info(msg: string, ...args: unknown[]): string {
    return this.#log("INFO", msg, args);
  }

  /** Logs at the level WARN. */
  warn(msg: string, ...args: unknown[]): string {
    return this.#log("WARN", msg, args);
  }

  /** Logs at the level ERROR. */
  error(msg: string, ...args: unknown[]): string {
    return this.#log("ERROR", msg, args);
  }

  #log(levelName: LevelName, msg: string, args: unknown[]): string {
    if (this.#level > LEVELS[levelName]) return msg;
    const record = { msg, args, levelName, loggerName: this.#loggerName, datetime: new Date() };
    for (const handler of this.#handlers) handler.handle(record);
    return msg;
  }
}
