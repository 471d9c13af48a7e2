import { jest } from '@jest/globals';
import type { DeliveredOutcome, SagaDelivery, SagaSubscription } from '@nest-saga/core/engine';
import { answers, changes, scriptedSaga, ScriptedStep, SimulatedCluster, throws } from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const declined = new Error('declined');

function order(last: ScriptedStepOptions = {}, first: ScriptedStepOptions = {}) {
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve', {
      act: [changes((context) => Object.assign(context, { isReserved: true }))],
      ...first,
    }),
    new ScriptedStep('charge', last),
  ]);
  return new SimulatedCluster([saga]);
}

/** A handler that keeps its calls. */
class Handler {
  readonly calls: { readonly outcome: DeliveredOutcome; readonly delivery: SagaDelivery }[] = [];
  fail: (attempt: number) => void = () => undefined;

  constructor(
    private readonly ending: SagaSubscription['ending'] = 'completed',
    private readonly saga: string | undefined = 'order',
    private readonly name = `${ending}-handler`,
  ) {}

  get subscription(): SagaSubscription {
    const { name, saga, ending } = this;
    return {
      ...{ name, saga, ending },
      handle: (outcome, delivery) => {
        this.calls.push({ outcome, delivery });
        this.fail(delivery.attempt);
      },
    };
  }
}

const calling = (...handlers: readonly Handler[]) => ({
  subscriptions: handlers.map(({ subscription }) => subscription),
});

describe('a handler of ends', () => {
  it('is called with what the journal says about the end, and with the identity of the end', async () => {
    const cluster = order();
    const handler = new Handler();
    const process = await cluster.startProcess(calling(handler));
    const { sagaId } = await process.start({ total: 1 });
    await cluster.advance(0);
    expect(handler.calls).toEqual([
      {
        outcome: {
          sagaId,
          saga: 'order',
          status: 'completed',
          context: { total: 1, isReserved: true },
          failure: undefined,
          stuck: undefined,
          cause: undefined,
        },
        delivery: { id: `${sagaId}:2`, seq: 2, subscriber: 'completed-handler', attempt: 1 },
      },
    ]);
    expect((await cluster.memory.outbox.list({ limit: 10 })).messages).toEqual([]);
  });

  it('is called for its ending and its saga only', async () => {
    const cluster = order({ act: [throws(declined)] });
    const handlers = [
      new Handler('completed'),
      new Handler('failed'),
      new Handler('failed', 'another', 'other'),
      new Handler('failed', undefined, 'any'),
      new Handler('stuck', undefined),
    ];
    const process = await cluster.startProcess(calling(...handlers));
    await process.start();
    await cluster.advance(0);
    expect(handlers.map(({ calls }) => calls.length)).toEqual([0, 1, 0, 1, 0]);
    expect(handlers[1]?.calls[0]?.outcome).toMatchObject({
      status: 'failed',
      failure: { step: 'charge', message: 'declined' },
    });
  });

  it('of a STUCK saga gets the state at that entry, even if the saga has gone on since', async () => {
    const cluster = order(
      { act: [throws(declined)] },
      { compensate: [throws(declined), throws(declined), throws(declined), answers()] },
    );
    const [stuck, failed] = [new Handler('stuck'), new Handler('failed')];
    stuck.fail = (attempt) => {
      if (attempt === 1) throw new Error('the pager is down');
    };
    const process = await cluster.startProcess(calling(stuck, failed));
    const { sagaId } = await process.start();
    await cluster.advance(3_500);
    await process.engine.requests.retry(sagaId, 'ada');
    await cluster.advance(60_000);
    expect(failed.calls).toHaveLength(1);
    expect(stuck.calls.map(({ delivery }) => delivery.attempt)).toEqual([1, 2]);
    expect(stuck.calls[1]?.outcome).toMatchObject({ status: 'stuck', stuck: { step: 'reserve' } });
  });

  it('is called by another process if this one dies right after the end', async () => {
    const cluster = order();
    const [dying, living] = [new Handler(), new Handler()];
    const first = cluster.createProcess(calling(dying));
    const { append } = cluster.memory;
    await first.engine.open();
    jest.spyOn(cluster.memory, 'append').mockImplementation(async (request) => {
      const result = await append.call(cluster.memory, request);
      if (request.change !== undefined) first.kill();
      return result;
    });
    const { sagaId } = await first.start();
    await cluster.advance(0);
    expect((await cluster.memory.find(sagaId))?.status).toBe('completed');
    expect(dying.calls).toEqual([]);
    await cluster.startProcess(calling(living));
    await cluster.advance(120_000);
    expect(living.calls).toMatchObject([{ outcome: { sagaId }, delivery: { id: `${sagaId}:2` } }]);
  });

  it('may be in a process without sagas, which no worker is', async () => {
    const cluster = order();
    const handler = new Handler();
    await cluster.startProcess({ ...calling(handler), sagas: [], worker: false });
    const worker = await cluster.startProcess();
    const { sagaId } = await worker.start();
    await cluster.advance(5_000);
    expect(handler.calls).toMatchObject([{ outcome: { sagaId, context: { isReserved: true } } }]);
  });

  it('counts from the next renewal of the lease of a worker that runs already', async () => {
    const cluster = order();
    const handler = new Handler();
    const worker = await cluster.startProcess();
    await cluster.startProcess({ ...calling(handler), sagas: [], worker: false });
    await worker.start();
    await cluster.advance(11_000);
    expect(handler.calls).toEqual([]);
    const { sagaId } = await worker.start();
    await cluster.advance(2_000);
    expect(handler.calls).toMatchObject([{ outcome: { sagaId } }]);
  });

  it('is called for a saga that a request ends, also by a process that runs no sagas', async () => {
    const cluster = order();
    const handler = new Handler('failed');
    const caller = await cluster.startProcess({ worker: false });
    await cluster.startProcess({ ...calling(handler), sagas: [], worker: false });
    const { sagaId } = await caller.enqueue({}, { delayMs: 60_000 });
    await caller.engine.requests.cancel(sagaId, 'not wanted');
    const worker = await cluster.startProcess();
    await cluster.advance(120_000);
    expect((await cluster.memory.find(sagaId))?.status).toBe('failed');
    expect(handler.calls).toMatchObject([{ outcome: { sagaId, failure: { reason: 'cancelled' } } }]);
    await cluster.resolve(worker.engine.close());
  });

  it('that fails is called again, at last 20 times, and the ends of other sagas are not affected', async () => {
    const cluster = order();
    const handler = new Handler();
    const process = await cluster.startProcess(calling(handler));
    const bad = process.ids.nextId();
    const subscription = handler.subscription;
    handler.fail = () => {
      if (handler.calls.at(-1)?.outcome.sagaId === bad) throw new Error('no such customer');
    };
    await process.start({}, { sagaId: bad });
    const { sagaId } = await process.start();
    await cluster.advance(3_600_000);
    const callsFor = (id: string): number =>
      handler.calls.filter(({ outcome }) => outcome.sagaId === id).length;
    expect([callsFor(bad), callsFor(sagaId)]).toEqual([20, 1]);
    expect((await process.engine.outgoing.list({ parked: true, limit: 10 })).messages).toMatchObject([
      { sagaId: bad, sink: `on:${subscription.name}`, attempts: 20 },
    ]);
  });

  it('that takes too long is called again', async () => {
    const cluster = order();
    let calls = 0;
    const handle = (): Promise<void> => new Promise(() => calls++);
    const hanging = { name: 'hanging', saga: undefined, ending: 'completed', handle } as const;
    const process = await cluster.startProcess({ subscriptions: [hanging], events: { timeoutMs: 1_000 } });
    await process.start();
    await cluster.advance(10_000);
    expect(calls).toBe(3);
  });

  it('is forgotten by a person, with the ends that it has not handled', async () => {
    const cluster = order();
    const handler = new Handler();
    handler.fail = () => {
      throw new Error('not now');
    };
    const process = await cluster.startProcess(calling(handler));
    await process.start();
    await cluster.advance(0);
    expect(await process.engine.outgoing.forgetSubscriber('completed-handler')).toBe(true);
    await cluster.advance(60_000);
    await process.start();
    await cluster.advance(60_000);
    expect(handler.calls).toHaveLength(1);
    expect(await process.engine.outgoing.subscribers()).toEqual([]);
  });
});

test('without a subscriber the end of a saga writes no message, and no process looks for one', async () => {
  const cluster = order();
  const appended = jest.spyOn(cluster.memory, 'append');
  const taken = jest.spyOn(cluster.memory.outbox, 'take');
  const process = await cluster.startProcess();
  await process.start();
  await cluster.advance(60_000);
  expect(appended.mock.calls.map(([request]) => Object.keys(request))).toEqual([
    ['sagaId', 'seq', 'worker', 'entry'],
    ['sagaId', 'seq', 'worker', 'entry', 'change'],
  ]);
  expect(taken).not.toHaveBeenCalled();
});
