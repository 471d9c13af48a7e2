import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { Logger } from '@nestjs/common';
import { trace } from '@opentelemetry/api';
import type { SagaListener } from '../../src/index.js';
import { sagaTelemetry } from '../../src/telemetry/index.js';
import { closeApps, openApp } from '../open-app.js';
import { Calls, OrderContext, orderProviders } from '../order-saga.js';
import { RecordedTelemetry } from './recorded-telemetry.js';

describe('a line of the log about a saga', () => {
  let recorded: RecordedTelemetry;
  let lines: string[];

  beforeEach(() => {
    recorded = new RecordedTelemetry();
    recorded.register();
    lines = [];
    jest.spyOn(Logger.prototype, 'warn').mockImplementation((line: unknown) => void lines.push(String(line)));
  });

  afterEach(async () => {
    jest.restoreAllMocks();
    await closeApps();
    await recorded.unregister();
  });

  it('carries the id of its trace', async () => {
    await runFailing({});
    const { traceId } = recorded.span('saga order').spanContext();
    const ofSagas = lines.filter((line) => line.startsWith('order '));
    expect(ofSagas).toHaveLength(3);
    for (const line of ofSagas) expect(line).toMatch(new RegExp(` trace_id=${traceId}$`));
  });

  it('is as it was without telemetry', async () => {
    await runFailing({ telemetry: undefined });
    expect(lines.filter((line) => line.startsWith('order '))).toHaveLength(3);
    expect(lines.join('\n')).not.toContain('trace_id');
  });

  it('carries no trace without a tracer', async () => {
    await recorded.unregister();
    await runFailing({});
    expect(lines.filter((line) => line.startsWith('order '))).toHaveLength(3);
    expect(lines.join('\n')).not.toContain('trace_id');
  });

  it('stays one line, whatever a step throws', async () => {
    const cause = Object.assign(new Error('of the cause'), { code: 'C\u001b[31m' });
    const forged = new Error('one\n[Nest] LOG admin logged in\u0007', { cause });
    await runFailing({ telemetry: undefined }, Object.assign(forged, { name: 'Evil\nName' }));
    expect(lines.join('')).toContain(
      'one\\n[Nest] LOG admin logged in\\u0007 (caused by Error C\\u001b[31m: of the cause)',
    );
    expect(lines.join('')).not.toMatch(/\p{Cc}/u);
  });

  it("is written within the trace, as is what the application's own listener does", async () => {
    const active: (string | undefined)[] = [];
    const listener: SagaListener = {
      onSagaEvent: () => active.push(trace.getActiveSpan()?.spanContext().spanId),
    };
    await runFailing({ listener });
    const { spanId } = recorded.span('saga order').spanContext();
    expect(active.length).toBeGreaterThan(3);
    expect(new Set(active)).toEqual(new Set([spanId]));
  });
});

async function runFailing(
  { listener, ...rest }: { readonly listener?: SagaListener; readonly telemetry?: undefined },
  error = new Error('declined'),
): Promise<void> {
  const telemetry = 'telemetry' in rest ? {} : { telemetry: sagaTelemetry() };
  const { app, sagas } = await openApp(orderProviders, {
    ...telemetry,
    ...(listener === undefined ? {} : { listener }),
  });
  app.get(Calls).answers.set('charge:act', () => {
    throw error;
  });
  await (await sagas.start(new OrderContext('book'))).outcome();
}
