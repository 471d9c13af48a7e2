import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { MeterProvider, MetricReader } from '@opentelemetry/sdk-metrics';
import type { DataPoint, Histogram } from '@opentelemetry/sdk-metrics';
import { InMemorySpanExporter, NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { ReadableSpan } from '@opentelemetry/sdk-trace-node';

class OnDemandReader extends MetricReader {
  protected override async onForceFlush(): Promise<void> {}

  protected override async onShutdown(): Promise<void> {}
}

/** A data point, as a test compares it. */
export interface Measured {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly value: number | Histogram;
}

/** The SDK as an application sets it up, with everything kept in memory. */
export class RecordedTelemetry {
  private readonly exporter = new InMemorySpanExporter();
  private readonly tracerProvider = new NodeTracerProvider({
    spanProcessors: [new SimpleSpanProcessor(this.exporter)],
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
    return this.exporter.getFinishedSpans().toSorted(byStart);
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

function byStart({ startTime: one }: ReadableSpan, { startTime: other }: ReadableSpan): number {
  return one[0] - other[0] || one[1] - other[1];
}
