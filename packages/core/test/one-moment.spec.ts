import { InMemorySagaStorage } from '@nest-saga/core';
import { FakeClock } from '@nest-saga/testing';

/** A clock whose time passes at each look at it, as real time may. */
class PassingClock extends FakeClock {
  private looks = 0;

  override now(): number {
    return super.now() + ++this.looks;
  }
}

const sagaId = '0190a1b2-0000-7000-8000-000000000001';

test('an entry and the change of the header with it have one moment in memory, too', async () => {
  const storage = new InMemorySagaStorage(new PassingClock());
  await storage.registerWorker('worker-1', 60_000);
  await storage.start({
    sagaId,
    saga: 'order',
    version: 1,
    key: undefined,
    context: '{}',
    metadata: {},
    owner: 'worker-1',
  });
  await storage.append({
    sagaId,
    seq: 1,
    worker: 'worker-1',
    entry: { kind: 'stuck', reason: 'definition-mismatch', message: 'no such step', status: 'stuck' },
    change: {
      status: 'stuck',
      owner: undefined,
      failure: undefined,
      stuck: { reason: 'definition-mismatch', message: 'no such step' },
    },
  });
  const { header, entries = [] } = (await storage.load(sagaId)) ?? {};
  expect(entries[0]?.recordedAt).toEqual(header?.updatedAt);
});
