/** A stand-in for an OpenTelemetry collector, for tests: it accepts what Deno exports, and keeps the spans. */

/** A span as the collector received it. */
export interface CollectedSpan {
  /** The service, which is the role. */
  readonly role: string;
  readonly name: string;
  readonly kind: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string;
  /** When it began and ended, in microseconds since the Unix epoch. */
  readonly from: number;
  readonly to: number;
  readonly attributes: Readonly<Record<string, unknown>>;
  /** The error, if the span failed. */
  readonly failure?: string;
}

/** An attribute in OTLP. */
interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string;
    readonly doubleValue?: number;
  };
}

/** An export request in OTLP, as JSON, with the fields that are read here. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

/** A span in OTLP. */
interface ExportedSpan
  extends Pick<CollectedSpan, "name" | "kind" | "traceId" | "spanId" | "parentSpanId"> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status?: { readonly code: number; readonly message: string };
}

/** The status code of a failed span in OTLP. */
const FAILED = 2;

/** A running collector. */
export class Collector implements AsyncDisposable {
  /** The paths of all requests so far. */
  readonly requests: string[] = [];
  /** The spans so far. */
  readonly spans: CollectedSpan[] = [];
  #server: Deno.HttpServer<Deno.NetAddr>;

  /** Listens at an address that the roles' own permissions do not include. */
  constructor() {
    const options = { hostname: "127.0.0.2", port: 0, onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#take(request));
  }

  /** The settings with which Deno exports to this collector. */
  get env(): Record<string, string> {
    const { hostname, port } = this.#server.addr;
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${hostname}:${port}`,
    };
  }

  /** Returns the spans with a name, in the order of their start. */
  named(name: string): CollectedSpan[] {
    return this.spans.filter((span) => span.name === name).sort((a, b) => a.from - b.from);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }

  async #take(request: Request): Promise<Response> {
    const { pathname } = new URL(request.url);
    const body = await request.json();
    this.requests.push(pathname);
    if (pathname === "/v1/traces") this.#keep(body);
    return Response.json({});
  }

  #keep({ resourceSpans }: ExportRequest): void {
    for (const { resource, scopeSpans } of resourceSpans) {
      const role = valuesOf(resource.attributes)["service.name"] as string;
      for (const { spans } of scopeSpans) {
        this.spans.push(...spans.map((span) => collected(role, span)));
      }
    }
  }
}

function collected(role: string, span: ExportedSpan): CollectedSpan {
  const { name, kind, traceId, spanId, parentSpanId, status } = span;
  return {
    role,
    name,
    kind,
    traceId,
    spanId,
    parentSpanId,
    from: toMicros(span.startTimeUnixNano),
    to: toMicros(span.endTimeUnixNano),
    attributes: valuesOf(span.attributes),
    ...(status?.code === FAILED && { failure: status.message }),
  };
}

/** Converts nanoseconds; Deno's times are exact to a quarter of a microsecond. */
function toMicros(nanos: string): number {
  return Math.round(Number(nanos) / 1000);
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => {
    const { stringValue, intValue, doubleValue } = value;
    return [key, stringValue ?? doubleValue ?? Number(intValue)];
  }));
}
