import { scenarios } from '@nest-saga/demo-services';
import { readPage } from './support/readme.js';
import { useOrders } from './support/start-orders.js';

const ofSinks = ['saga.outbox.undelivered', 'saga.outbox.parked', 'saga.outbox.lag'];

describe('the metrics of the server', () => {
  const orders = useOrders();

  it('show Prometheus the ends of the orders and of each step, and never an id', async () => {
    const good = await orders.client.place();
    const undone = await orders.client.place({ destination: scenarios.outageDestination });
    const text = await readMetrics();

    const sample = (name: string, ...labels: string[]) =>
      text
        .split('\n')
        .find((line) => line.startsWith(`${name}{`) && labels.every((label) => line.includes(label)))
        ?.split(' ')
        .at(1);
    const ofOrder = 'saga_name="order"';
    expect(sample('saga_started_total', ofOrder)).toBe('2');
    expect(sample('saga_ended_total', ofOrder, 'saga_status="completed"')).toBe('1');
    expect(sample('saga_ended_total', ofOrder, 'saga_status="failed"')).toBe('1');
    const shipped = ['saga_step="ship-order"', 'saga_action="act"'];
    expect(sample('saga_step_attempts_total', ...shipped, 'saga_outcome="completed"')).toBe('1');
    expect(sample('saga_step_attempts_total', ...shipped, 'saga_outcome="failed"')).toBe('2');
    expect(sample('saga_step_duration_count', ...shipped, 'saga_outcome="failed"')).toBe('2');
    expect(sample('saga_open', 'saga_status="running"')).toBe('0');
    expect(sample('saga_stuck')).toBe('0');
    expect(Number(sample('saga_append_group_size_count'))).toBeGreaterThan(8);
    for (const { body } of [good, undone]) expect(text).not.toContain(body.sagaId);
  });

  it('have the names that the documentation gives them', async () => {
    await orders.client.place();
    const documented = [...readPage('telemetry').matchAll(/^\| `([\w.]+)` +\| `(\w+)` +\| (\w+) /gm)].map(
      ([, metric = '', inPrometheus = '', kind = '']) => ({ metric, inPrometheus, kind }),
    );

    expect(documented).toHaveLength(16);
    for (const { metric, inPrometheus, kind } of documented)
      expect(inPrometheus).toBe(metric.replaceAll('.', '_') + (kind === 'counter' ? '_total' : ''));

    const types = [...(await readMetrics()).matchAll(/^# TYPE (saga_\w+) (\w+)$/gm)].map(
      ([, name, kind]) => `${name} ${kind}`,
    );
    // Nothing was recovered here or is late, no handler of an event was given up, and there is no sink.
    const absent = ['saga.recoveries', 'saga.events.failed', 'saga.overdue', ...ofSinks];
    const expected = documented.filter(({ metric }) => !absent.includes(metric));
    expect(types.toSorted()).toEqual(
      expected.map(({ inPrometheus, kind }) => `${inPrometheus} ${kind}`).toSorted(),
    );
  });

  async function readMetrics(): Promise<string> {
    const response = await fetch(`${orders.client.url}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
    return response.text();
  }
});
