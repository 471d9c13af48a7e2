import { SagaStorageError } from '@nest-saga/core';
import {
  answers,
  DelayedStorage,
  emits,
  FaultyStorage,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { SimulatedProcess, StorageFault, StorageMethod } from '@nest-saga/testing';

const declined = new Error('the card was declined');

function order() {
  const [charge, ship] = [new ScriptedStep('charge'), new ScriptedStep('ship')];
  const saga = scriptedSaga('order', [new ScriptedStep('reserve'), charge, ship]);
  const cluster = new SimulatedCluster([saga]);
  return { charge, ship, saga, cluster, storage: new FaultyStorage(cluster.memory) };
}

/** Fails one call of a method after the other, before its effect or with its answer, each in its own cluster. */
async function eachFault(
  method: StorageMethod,
  run: (world: ReturnType<typeof order>, process: SimulatedProcess) => Promise<void>,
): Promise<number> {
  const kinds: readonly Pick<StorageFault, 'outcome' | 'happens'>[] = [
    { outcome: 'not-written' },
    { outcome: 'unknown', happens: true },
    { outcome: 'unknown', happens: false },
  ];
  let hits = 0;
  for (const kind of kinds) {
    for (let fromCall = 1; fromCall <= 5; fromCall++) {
      const world = order();
      const process = await world.cluster.startProcess({ storage: world.storage });
      await world.cluster.advance(0);
      const before = world.storage.callsOf(method);
      world.storage.inject({ method, fromCall, times: 1, ...kind });
      await run(world, process);
      if (world.storage.callsOf(method) - before >= fromCall) hits++;
    }
  }
  return hits;
}

describe('one call of the storage that fails', () => {
  it.each(['start', 'append', 'claim', 'releaseExpired'] as const)(
    'runs no step of a saga twice and undoes none: %s',
    async (method) => {
      const hits = await eachFault(method, async ({ saga, cluster }, process) => {
        const { sagaId } = await cluster.resolve(process.start());
        const outcome = await cluster.resolve(process.outcome(sagaId));
        await cluster.advance(30_000);
        expect([method, outcome.status, ...saga.calls]).toEqual([
          method,
          'completed',
          'act reserve',
          'act charge',
          'act ship',
        ]);
        expect(await cluster.journalOf(sagaId)).toEqual([
          'act-completed reserve',
          'act-completed charge',
          'act-completed ship',
        ]);
      });
      expect(hits).toBeGreaterThan(0);
    },
  );

  it.each(['start', 'append'] as const)('undoes no step twice and leaves none out: %s', async (method) => {
    const hits = await eachFault(method, async ({ ship, saga, cluster }, process) => {
      ship.rescript({ act: [throws(declined)] });
      const outcome = await cluster.run(process);
      expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'ship' } });
      expect(saga.calls.slice(3)).toEqual(['compensate charge', 'compensate reserve']);
    });
    expect(hits).toBeGreaterThan(0);
  });

  it.each(['start', 'append', 'claim', 'releaseExpired', 'listOwned'] as const)(
    'runs no step of a queued saga twice: %s',
    async (method) => {
      const hits = await eachFault(method, async ({ saga, cluster }, process) => {
        const { sagaId } = await cluster.resolve(process.enqueue());
        await cluster.advance(60_000);
        const outcome = await cluster.resolve(process.outcome(sagaId));
        expect(outcome.status).toBe('completed');
        expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
      });
      expect(hits).toBeGreaterThan(0);
    },
  );

  it('is read back until there is an answer, if the outcome of a write is unknown', async () => {
    const { saga, cluster, storage } = order();
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'append', outcome: 'unknown', fromCall: 2, times: 1 });
    storage.inject({ method: 'load', outcome: 'not-written', times: 3 });
    const outcome = await cluster.run(process);
    expect(storage.callsOf('load')).toBeGreaterThan(3);
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act ship']);
  });
});

describe('a storage that is away', () => {
  it.each([
    ['for a moment', 2_000],
    ['for most of a lease', 20_000],
    ['for longer than a lease', 300_000],
  ])('%s undoes nothing: every saga ends COMPLETED once it is back', async (_name, awayMs) => {
    const { saga, charge, cluster, storage } = order();
    const gate = new StepGate();
    charge.rescript({ act: [gate.waits(), answers()] });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const back = storage.inject({ outcome: 'not-written' });
    gate.open();
    await cluster.advance(awayMs);
    back();
    const outcome = await cluster.resolve(process.outcome(sagaId), 120_000);
    expect(outcome.status).toBe('completed');
    expect(saga.calls.filter((call) => call.startsWith('compensate'))).toEqual([]);
  });

  it('in the middle of an undo leaves no step out', async () => {
    const { saga, ship, cluster, storage } = order();
    const gate = new StepGate();
    ship.rescript({ act: [throws(declined)] });
    const charge = saga.steps[1] as ScriptedStep;
    charge.rescript({ compensate: [gate.waits(), answers()] });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    const back = storage.inject({ outcome: 'unknown', happens: false });
    gate.open();
    await cluster.advance(300_000);
    back();
    const outcome = await cluster.resolve(process.outcome(sagaId), 120_000);
    expect(outcome.status).toBe('failed');
    expect(saga.calls.at(-1)).toBe('compensate reserve');
  });

  it('is reported to the listener, with the saga and the operation', async () => {
    const { cluster, storage } = order();
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'append', outcome: 'not-written', times: 1 });
    const { sagaId } = await cluster.run(process);
    expect(process.listener.ofWorkerType('storage-failed')).toMatchObject([
      { operation: 'append', sagaId, error: { code: 'SAGA_STORAGE_FAILED' } },
    ]);
  });
});

describe('a start whose storage is in trouble', () => {
  it('runs once if its answer is lost', async () => {
    const { saga, cluster, storage } = order();
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'start', outcome: 'unknown', times: 1 });
    const outcome = await cluster.run(process);
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toHaveLength(3);
  });

  it('runs once if its answer is lost and the caller starts it again with the same key', async () => {
    const { saga, cluster, storage } = order();
    const process = await cluster.startProcess({ storage });
    const back = storage.inject({ method: 'start', outcome: 'unknown' });
    const failed = await cluster.resolve(
      process.start({}, { key: 'order-1' }).catch((error: unknown) => error),
    );
    expect(failed).toBeInstanceOf(SagaStorageError);
    back();
    const outcome = await cluster.run(process, {}, { key: 'order-1' });
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toHaveLength(3);
  });

  it('is retried for a while, and then fails with the known outcome', async () => {
    const { cluster, storage } = order();
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'start', outcome: 'not-written' });
    const failed = process.start().catch((error: unknown) => error);
    await expect(cluster.resolve(failed, 20_000)).resolves.toMatchObject({
      code: 'SAGA_STORAGE_FAILED',
      operation: 'start',
      outcome: 'not-written',
    });
  });

  it('that was stored without the caller knowing still runs: it is durable', async () => {
    const { saga, cluster, storage } = order();
    const process = await cluster.startProcess({ storage });
    const back = storage.inject({ method: 'start', outcome: 'unknown' });
    const sagaId = process.ids.nextId();
    await cluster.resolve(process.start({}, { sagaId }).catch(() => undefined));
    back();
    const outcome = await cluster.resolve(process.outcome(sagaId), 120_000);
    expect(outcome.status).toBe('completed');
    expect(saga.calls).toHaveLength(3);
  });

  it('releases its slot to others', async () => {
    const { cluster, storage } = order();
    const process = await cluster.startProcess({ storage, concurrency: 1 });
    storage.inject({ method: 'start', outcome: 'refused', times: 3 });
    for (let attempt = 0; attempt < 3; attempt++)
      await expect(cluster.resolve(process.start())).rejects.toBeInstanceOf(SagaStorageError);
    expect((await cluster.run(process)).status).toBe('completed');
  });
});

describe('a request whose answer is lost', () => {
  it('is in the journal once: a cancel', async () => {
    const { charge, cluster, storage } = order();
    charge.rescript({ act: [new StepGate().waits()] });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await process.start();
    await cluster.advance(0);
    storage.inject({ method: 'append', outcome: 'unknown', times: 1 });
    await process.engine.requests.cancel(sagaId, 'the customer called');
    await cluster.resolve(process.outcome(sagaId));
    const journal = await cluster.journalOf(sagaId);
    expect(journal.filter((entry) => entry === 'cancel-requested')).toHaveLength(1);
  });

  it("is in the journal once: an operator's retry", async () => {
    const { ship, charge, cluster, storage } = order();
    ship.rescript({ act: [throws(declined)] });
    charge.rescript({ compensate: [throws(declined)] });
    const process = await cluster.startProcess({ storage });
    const { sagaId } = await cluster.run(process);
    charge.rescript({ compensate: [answers()] });
    storage.inject({ method: 'append', outcome: 'unknown', times: 1 });
    await process.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    const journal = await cluster.journalOf(sagaId);
    expect(journal.filter((entry) => entry === 'retry-requested')).toHaveLength(1);
  });
});

describe('a result', () => {
  it('is published only after its entry is stored: a late answer makes it late', async () => {
    const { cluster } = order();
    const storage = new DelayedStorage(cluster.memory);
    const process = await cluster.startProcess({ storage });
    storage.hold('append');
    const { sagaId } = await process.start();
    const results = process.results(sagaId);
    await cluster.advance(0);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    expect(process.listener.ofType('step')).toEqual([]);
    storage.letOnePass('append');
    await cluster.advance(0);
    expect(process.listener.ofType('step')).toHaveLength(1);
    storage.letPass('append');
    await cluster.advance(0);
    expect(results.map(({ step }) => step)).toEqual(['reserve', 'charge', 'ship']);
  });

  it('whose answer was lost is published once, and so are its events', async () => {
    const { charge, cluster, storage } = order();
    charge.rescript({ act: [emits('charged')] });
    const process = await cluster.startProcess({ storage });
    storage.inject({ method: 'append', outcome: 'unknown', fromCall: 2, times: 1 });
    const { sagaId } = await cluster.run(process);
    expect(process.listener.ofType('step').map(({ result }) => result.seq)).toEqual([1, 2, 3]);
    expect(process.listener.emitted(sagaId)).toEqual(['charged']);
  });
});
