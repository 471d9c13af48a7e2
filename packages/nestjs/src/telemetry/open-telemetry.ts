import type { Context } from '@opentelemetry/api';
import { context, isSpanContextValid, metrics, trace } from '@opentelemetry/api';
import type { SagaLifecycleEvent } from '@nest-saga/core';
import { SagaMetrics } from './saga-metrics.js';
import { SagaSpans } from './saga-spans.js';
import type { SagaTelemetry } from './saga-telemetry.js';
import { measureStorage } from './storage-metrics.js';

const scope = '@nest-saga/nestjs';

/**
 * Traces and metrics of sagas through `@opentelemetry/api`. They go to the targets of the application's OpenTelemetry
 * SDK; without one they go nowhere.
 *
 * @example
 * ```ts
 * SagaModule.forRoot({ storage, telemetry: sagaTelemetry() })
 * ```
 */
export function sagaTelemetry(): SagaTelemetry {
  const spans = new SagaSpans(trace.getTracer(scope));
  let counted: SagaMetrics | undefined;
  let traceId: string | undefined;
  return {
    startInterceptor: spans,
    stepInterceptor: spans,
    get traceId() {
      return traceId;
    },
    begin: (storage) => {
      // Not earlier: a meter that is requested before the SDK is ready never measures, unlike a tracer.
      const meter = metrics.getMeter(scope);
      counted = new SagaMetrics(meter);
      return measureStorage(meter, storage);
    },
    intercept: (event: SagaLifecycleEvent, notify) => {
      const within = spans.before(event);
      traceId = traceIdOf(within);
      try {
        counted?.count(event);
        context.with(within, notify);
      } finally {
        traceId = undefined;
        spans.after(event);
      }
    },
  };
}

// Without an SDK there is a span, too, but its trace id consists of zeros.
function traceIdOf(within: Context): string | undefined {
  const spanContext = trace.getSpanContext(within);
  return spanContext !== undefined && isSpanContextValid(spanContext) ? spanContext.traceId : undefined;
}
