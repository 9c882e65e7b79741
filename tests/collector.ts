/** Stands in for an OpenTelemetry collector, for tests: takes what Deno exports, and keeps the spans. */

/** What a collector was sent of one span. */
export interface CollectedSpan {
  /** The service that it is of, which is the role. */
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
  /** What failed, if anything. */
  readonly failure?: string;
}

/** What OTLP calls an attribute. */
interface Attribute {
  readonly key: string;
  readonly value: {
    readonly stringValue?: string;
    readonly intValue?: string;
    readonly doubleValue?: number;
  };
}

/** What OTLP calls a request to take spans, as JSON; what is not looked at is left out. */
interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly ExportedSpan[] }[];
  }[];
}

/** What OTLP calls a span. */
interface ExportedSpan
  extends Pick<CollectedSpan, "name" | "kind" | "traceId" | "spanId" | "parentSpanId"> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes: readonly Attribute[];
  readonly status?: { readonly code: number; readonly message: string };
}

/** What OTLP says of a span that failed. */
const FAILED = 2;

/** A collector that is running. */
export class Collector implements AsyncDisposable {
  /** The paths of all requests so far. */
  readonly requests: string[] = [];
  /** The spans so far. */
  readonly spans: CollectedSpan[] = [];
  #server: Deno.HttpServer<Deno.NetAddr>;

  /** Listens at an address to which no role may connect by its own permissions. */
  constructor() {
    const options = { hostname: "127.0.0.2", port: 0, onListen() {} };
    this.#server = Deno.serve(options, (request) => this.#take(request));
  }

  /** The settings by which Deno exports to this collector. */
  get env(): Record<string, string> {
    const { hostname, port } = this.#server.addr;
    return {
      OTEL_DENO: "true",
      OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${hostname}:${port}`,
    };
  }

  /** The spans with a name, in the order of their beginning. */
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

/** Deno's own times are exact to a quarter of a microsecond. */
function toMicros(nanos: string): number {
  return Math.round(Number(nanos) / 1000);
}

function valuesOf(attributes: readonly Attribute[]): Record<string, unknown> {
  return Object.fromEntries(attributes.map(({ key, value }) => {
    const { stringValue, intValue, doubleValue } = value;
    return [key, stringValue ?? doubleValue ?? Number(intValue)];
  }));
}
