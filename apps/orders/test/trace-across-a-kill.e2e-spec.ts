import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { scenarios } from '@nest-saga/demo-services';
import { startProgram } from './support/server-process.js';
import { makeDatabase, type TestDatabase } from './support/start-orders.js';

/** A span as `record-spans.mjs` writes it. */
interface RecordedSpan {
  readonly process: number;
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

describe('the trace of an order whose server is killed', () => {
  let database: TestDatabase;
  let directory: string;

  beforeEach(async () => {
    database = await makeDatabase();
    directory = mkdtempSync(join(tmpdir(), 'spans-'));
  });

  afterEach(async () => {
    await database.drop();
    rmSync(directory, { recursive: true });
  });

  it('continues in the process that claims the order, which shows that it recovered it', async () => {
    const first = await startProgram('server.ts', environment('600000'));
    const sagaId = await first.client.placeInBackground({ destination: scenarios.slowDestination });
    await first.client.untilCalled(sagaId, 'shipping');
    await first.end('SIGKILL');
    const second = await startProgram('server.ts', environment('50'));
    await second.client.untilStatus(sagaId, 'completed');
    await second.end('SIGTERM');

    const spans = readSpans();
    const of = ({ pid }: { readonly pid: number }) => spans.filter((span) => span.process === pid);
    expect(of(first).map(({ name }) => name)).toEqual([
      'start order',
      'act reserve-inventory',
      'act charge-payment',
    ]);
    expect(of(second).map(({ name }) => name)).toEqual(['act ship-order', 'saga order']);
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1);

    const [start] = of(first);
    const [ship, recovered] = of(second);
    expect(recovered).toMatchObject({
      parentSpanId: start?.spanId,
      attributes: { 'saga.id': sagaId, 'saga.recovery': true, 'saga.outcome': 'completed' },
    });
    expect(ship?.parentSpanId).toBe(recovered?.spanId);
  });

  function environment(slowShipmentMs: string): Readonly<Record<string, string>> {
    const preload = pathToFileURL(resolve(import.meta.dirname, 'support/record-spans.mjs')).href;
    return {
      DATABASE_URL: database.url,
      PORT: '0',
      SLOW_SHIPMENT_MS: slowShipmentMs,
      NODE_OPTIONS: `--import ${preload}`,
      SPANS_FILE: join(directory, 'spans'),
    };
  }

  function readSpans(): readonly RecordedSpan[] {
    const lines = readFileSync(join(directory, 'spans'), 'utf8').trim().split('\n');
    return lines.map((line) => JSON.parse(line) as RecordedSpan);
  }
});
