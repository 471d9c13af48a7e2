import { metrics } from '@opentelemetry/api';
import { PrometheusExporter } from '@opentelemetry/exporter-prometheus';
import { MeterProvider } from '@opentelemetry/sdk-metrics';
import { NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

let exporter: PrometheusExporter | undefined;

/**
 * Sets up OpenTelemetry for this process, once: metrics for Prometheus, and traces that are not exported but give the
 * lines of the log their ids. A span processor with an exporter would export them.
 */
export function startTelemetry(): PrometheusExporter {
  if (exporter === undefined) {
    exporter = new PrometheusExporter({ preventServerStart: true });
    metrics.setGlobalMeterProvider(new MeterProvider({ readers: [exporter] }));
    new NodeTracerProvider().register();
  }
  return exporter;
}
