import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { ReadableSpan, SpanProcessor } from '@opentelemetry/sdk-trace-node';

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** Keeps the order in which spans began: two may begin in one moment of the clock. */
class Beginnings implements SpanProcessor {
  readonly spans: ReadableSpan[] = [];

  onStart(span: ReadableSpan): void {
    this.spans.push(span);
  }

  onEnd(): void {}

  async forceFlush(): Promise<void> {}

  async shutdown(): Promise<void> {}
}

/** A data point, as a test compares it. */
export interface Measured {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | Histogram;
}

/** The SDK as an application sets it up, with everything kept in memory. */
export class RecordedTelemetry {
  private readonly exporter = new InMemorySpanExporter();
  private readonly beginnings = new Beginnings();
  private readonly tracerProvider = new NodeTracerProvider({
    spanProcessors: [this.beginnings, new SimpleSpanProcessor(this.exporter)],
  });
  private readonly reader = new OnDemandReader();
  private readonly meterProvider = new MeterProvider({ readers: [this.reader] });

  register(): void {
    this.tracerProvider.register();
    metrics.setGlobalMeterProvider(this.meterProvider);
  }

  async unregister(): Promise<void> {
    for (const api of [trace, metrics, context, propagation]) api.disable();
    await this.tracerProvider.shutdown();
    await this.meterProvider.shutdown();
  }

  /** The spans that have ended, in order of their start. */
  get spans(): readonly ReadableSpan[] {
    const ended = new Set(this.exporter.getFinishedSpans());
    return this.beginnings.spans.filter((span) => ended.has(span));
  }

  span(name: string): ReadableSpan {
    const found = this.spans.find((span) => span.name === name);
    if (found === undefined) throw new Error(`There is no span "${name}", only ${this.names().join(', ')}.`);
    return found;
  }

  names(): readonly string[] {
    return this.spans.map(({ name }) => name);
  }

  /** Every data point of a metric, as a collection reads it now. */
  async measure(metric: string): Promise<readonly Measured[]> {
    const { resourceMetrics, errors } = await this.reader.collect();
    if (errors.length > 0) throw new AggregateError(errors);
    const all = resourceMetrics.scopeMetrics.flatMap((scope) => scope.metrics);
    const points = all.find(({ descriptor }) => descriptor.name === metric)?.dataPoints ?? [];
    return (points as DataPoint<number | Histogram>[]).map(({ attributes, value }) => ({
      attributes,
      value,
    }));
  }

  /** Everything that the metrics say, as text. */
  async everything(): Promise<string> {
    return JSON.stringify((await this.reader.collect()).resourceMetrics.scopeMetrics);
  }
}
