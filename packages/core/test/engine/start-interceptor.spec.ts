import type { StartInterceptor, StartReference } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

const sagaId = '018f3a5e-6d4c-7b2a-9c1e-5f0a7d3b2c41';

describe('what intercepts a start', () => {
  it('surrounds the start until it is durable, and says what travels with the saga', async () => {
    const cluster = new SimulatedCluster([scriptedSaga('order', [new ScriptedStep('charge')])]);
    const seen: (StartReference | string)[] = [];
    const startInterceptor: StartInterceptor = {
      interceptStart: async (start, call) => {
        seen.push(start);
        const result = await call({ ...start.metadata, traceparent: 'of the caller' });
        seen.push((await cluster.load(sagaId))?.header.saga ?? 'not stored');
        return result;
      },
    };
    const process = await cluster.startProcess({ startInterceptor });

    await process.start({}, { sagaId, metadata: { tenant: 'a' } });

    expect(seen).toEqual([
      { sagaId, saga: 'order', version: 1, isQueued: false, metadata: { tenant: 'a' } },
      'order',
    ]);
    expect(process.listener.ofType('started')).toMatchObject([
      { metadata: { tenant: 'a', traceparent: 'of the caller' } },
    ]);
    expect((await cluster.load(sagaId))?.header.metadata).toEqual({
      tenant: 'a',
      traceparent: 'of the caller',
    });
  });
});
