/**
 * Spans for Deno's built-in OpenTelemetry. Every role derives a value's trace from its stamp, so that no trace context
 * has to travel with the value.
 */

import {
  type Attributes,
  type Context,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
  TraceFlags,
} from "@opentelemetry/api";
import type { Redis } from "ioredis";
import type { Change } from "../observe/change.ts";
import { nowMicros } from "../clock.ts";
import { explainFailure } from "../connect/refusal.ts";
import { type FullStamp, isFull, type StampVersion } from "../protocol/stamp.ts";
import { timeDifference } from "../protocol/timing.ts";

/** Spreads sequence numbers evenly over 64 bits: 2^64 divided by the golden ratio. It is odd. */
const SPREAD = 0x9e3779b97f4a7c15n;

const TRACER = trace.getTracer("keydb_observable");

/** Whether Deno exports spans. The probe never ends, so it is not exported. */
export const IS_TRACING: boolean = TRACER.startSpan("probe").isRecording();

/** The spans of reads, for the spans of their handshakes. */
const READS = new WeakMap<Change<StampVersion>, Span>();

/**
 * Derives a value's trace from its stamp, and the root span of the trace. The root span is never exported: it stands
 * for the stamp.
 *
 * The trace id is the stamp's microseconds, followed by (its sequence number + 1) times an odd constant, modulo 2^64.
 * It is never zero. Two stamps share it only if they are of two writers, and both numbers are the same. Samplers that
 * decide by its last digits choose evenly, and in all roles alike.
 *
 * @param stamp The stamp.
 * @returns The trace id, the span id (the second half of the trace id), and the flag for sampling.
 *
 * @example Usage
 * ```ts
 * import { createStamp } from "../protocol/stamp.ts";
 * import { traceOf } from "./tracing.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const { traceId, spanId } = traceOf(createStamp("writer", 42, 1725543675123456));
 * assertEquals(traceId, "0006215f71ccd700" + "935172286182d787");
 * assertEquals(spanId, "935172286182d787");
 * ```
 */
export function traceOf({ seq, micros }: FullStamp): SpanContext {
  const spanId = toHex(BigInt.asUintN(64, BigInt(seq + 1) * SPREAD));
  const traceId = toHex(BigInt(micros)) + spanId;
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true };
}

/**
 * Does a write in a span that starts at the stamp's time and ends with the write's acknowledgement.
 *
 * @param stamp What is written.
 * @param work The write; it calls its parameter with the connection that it writes over.
 * @returns What the write resolves to.
 * @throws The error of the write; the span records it.
 *
 * @example Usage
 * ```ts
 * import type { Redis } from "ioredis";
 * import { createStamp, formatStamp } from "../protocol/stamp.ts";
 * import { traceWrite } from "./tracing.ts";
 *
 * async function write(client: Redis, micros: number): Promise<void> {
 *   const stamp = createStamp("writer", 42, micros);
 *   await traceWrite(stamp, (over) => {
 *     over(client);
 *     return client.set("shared_key", formatStamp(stamp));
 *   });
 * }
 * ```
 */
export function traceWrite<T>(stamp: FullStamp, work: TracedWork<T>): Promise<T> {
  if (!IS_TRACING) return work(() => {});
  return doInSpan({
    name: "write",
    kind: SpanKind.PRODUCER,
    from: stamp.micros,
    attributes: { ...operation("SET"), ...valueOf(stamp) },
    parent: contextOf(stamp),
  }, work);
}

/**
 * Records the read of a change as a span, from the arrival of its notification to the end of the read. If the read had
 * another cause, the span has no length.
 *
 * @param listener The listener's name.
 * @param change What was read; if it holds no stamp, or one of the older form, there is no span.
 * @param client The connection that it was read over.
 *
 * @example Usage
 * ```ts
 * import { traceRead } from "./tracing.ts";
 *
 * const value = "writer seq 42 micros 1725543675123456 timestamp 1725543675";
 * const facts = { cause: "initial", readAt: 1725543675123868, conflated: 0, missed: 0 } as const;
 * traceRead("listener", { key: "shared_key", value, ...facts });
 * ```
 */
export function traceRead(
  listener: string,
  change: Change<StampVersion>,
  client?: Connected,
): void {
  const { version, cause, readAt, notifiedAt = readAt, conflated, missed } = change;
  const stamp = version?.stamp;
  if (!IS_TRACING || !stamp || !isFull(stamp)) return;
  const span = begin({
    name: "read",
    kind: SpanKind.CONSUMER,
    from: notifiedAt,
    attributes: {
      ...operation("GET"),
      ...client && placeOf(client),
      ...valueOf(stamp),
      "observable.listener": listener,
      "observable.cause": cause,
      "observable.conflated": conflated,
      "observable.missed": missed,
      "observable.time_difference": timeDifference(stamp, readAt).seconds,
    },
    parent: contextOf(stamp),
  });
  span.end(toTime(Math.max(notifiedAt, readAt)));
  READS.set(change, span);
}

/**
 * Does the answer to a change in a span from the end of the read to the answer's acknowledgement. Its parent is the
 * span of the read.
 *
 * @param listener The listener's name.
 * @param change The same object as for {@linkcode traceRead}; for any other, there is no span.
 * @param work The answer; it calls its parameter with the connection that it writes over.
 * @returns What the answer resolves to.
 * @throws The error of the answer; the span records it.
 *
 * @example Usage
 * ```ts
 * import type { Change } from "../observe/change.ts";
 * import type { StampVersion } from "../protocol/stamp.ts";
 * import { traceHandshake, traceRead } from "./tracing.ts";
 *
 * async function handle(change: Change<StampVersion>, answer: () => Promise<void>): Promise<void> {
 *   traceRead("listener", change);
 *   await traceHandshake("listener", change, answer);
 * }
 * ```
 */
export function traceHandshake<T>(
  listener: string,
  change: Change<StampVersion>,
  work: TracedWork<T>,
): Promise<T> {
  const read = IS_TRACING ? READS.get(change) : undefined;
  if (!read) return work(() => {});
  return doInSpan({
    name: "handshake",
    kind: SpanKind.CLIENT,
    from: change.readAt,
    attributes: {
      ...operation("MSET"),
      ...valueOf(change.version!.stamp as FullStamp),
      "observable.listener": listener,
    },
    parent: trace.setSpan(ROOT_CONTEXT, read),
  }, work);
}

/** A connection, or anything with its options. */
type Connected = Pick<Redis, "options">;

/** Work in a span: each attempt calls the parameter with the connection that it uses. */
type TracedWork<T> = (over: (client: Connected) => void) => Promise<T>;

/** The start of a span. */
interface Beginning {
  readonly name: string;
  readonly kind: SpanKind;
  /** When the span starts, in microseconds since the Unix epoch. */
  readonly from: number;
  readonly attributes: Attributes;
  /** The context with the parent span. */
  readonly parent: Context;
}

function begin({ name, kind, from, attributes, parent }: Beginning): Span {
  return TRACER.startSpan(name, { kind, startTime: toTime(from), attributes }, parent);
}

/** Ends the span with the work, but never before its start, even if the clock is set back. */
async function doInSpan<T>(beginning: Beginning, work: TracedWork<T>): Promise<T> {
  const span = begin(beginning);
  try {
    return await work((client) => void span.setAttributes(placeOf(client)));
  } catch (error) {
    span.recordException(error as Error);
    span.setStatus({ code: SpanStatusCode.ERROR, message: explainFailure(error) });
    throw error;
  } finally {
    span.end(toTime(Math.max(beginning.from, nowMicros())));
  }
}

function contextOf(stamp: FullStamp): Context {
  return trace.setSpanContext(ROOT_CONTEXT, traceOf(stamp));
}

/** A connection's server and database, in OpenTelemetry's conventions. */
function placeOf({ options: { host = "localhost", port = 6379, db = 0 } }: Connected): Attributes {
  return { "server.address": host, "server.port": port, "db.namespace": `${db}` };
}

/** A command in OpenTelemetry's conventions; the system is `redis` for every engine. */
function operation(command: string): Attributes {
  return { "db.system.name": "redis", "db.operation.name": command };
}

function valueOf({ writer, seq }: FullStamp): Attributes {
  return { "observable.writer": writer, "observable.seq": seq };
}

/** Converts microseconds to OpenTelemetry's times: milliseconds, with a fraction. */
function toTime(micros: number): number {
  return micros / 1000;
}

function toHex(number: bigint): string {
  return number.toString(16).padStart(16, "0");
}
