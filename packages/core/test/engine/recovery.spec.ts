import {
  answers,
  changes,
  DelayedStorage,
  scriptedSaga,
  ScriptedStep,
  SilentStorage,
  SimulatedCluster,
  StepGate,
  throws,
} from '@nest-saga/testing';
import type { ScriptedStepOptions } from '@nest-saga/testing';

const declined = new Error('the card was declined');

function order(
  charge: ScriptedStepOptions = {},
  ship: ScriptedStepOptions = {},
  maximumRecoveryAttempts = 5,
) {
  const step = new ScriptedStep('charge', charge);
  const steps = [new ScriptedStep('reserve'), step, new ScriptedStep('ship', ship)];
  const saga = scriptedSaga('order', steps, { maximumRecoveryAttempts });
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

/** Ends one process after the other in the middle of the saga, `count` times. */
async function crash(cluster: SimulatedCluster, count: number, sagaId?: string): Promise<string> {
  let id = sagaId;
  for (let crashes = 0; crashes < count; crashes++) {
    const process = await cluster.startProcess();
    id ??= (await process.start()).sagaId;
    await cluster.advance(60_000);
    process.kill();
  }
  if (id === undefined) throw new Error('nothing was started');
  return id;
}

describe('a saga whose process died', () => {
  it('continues with the first step that is not in its journal, in another process', async () => {
    const { saga, cluster } = order({ act: [new StepGate().waits(), answers()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge', 'act ship']);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'act-completed charge',
      'act-completed ship',
    ]);
  });

  it('is claimed only after the lease is over', async () => {
    const { step, cluster } = order({ act: [new StepGate().waits(), answers()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    await cluster.advance(29_000);
    expect(step.calls).toHaveLength(1);
    await cluster.resolve(second.outcome(sagaId), 12_000);
    expect(step.calls).toHaveLength(2);
  });

  it('repeats an act with the same key, as the same attempt, with the same context', async () => {
    const { step, cluster } = order({ act: [new StepGate().waits(), answers()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start({ dueAt: new Date(5) });
    await cluster.advance(0);
    first.kill();
    await cluster.resolve(second.outcome(sagaId));
    const [before, after] = step.actCalls;
    expect(after).toMatchObject({
      attempt: 1,
      idempotencyKey: before?.idempotencyKey,
      context: { dueAt: new Date(5) },
    });
    expect(after?.fencingToken).toBeGreaterThan(before?.fencingToken ?? 0);
  });

  it('sees a date and a class after the recovery as it saw them live', async () => {
    class OrderContext {
      dueAt = new Date(0);
      isDue(): boolean {
        return this.dueAt.getTime() === 5;
      }
    }
    const seen: unknown[] = [];
    const saga = scriptedSaga(
      'order',
      [
        new ScriptedStep('reserve', { act: [changes((context) => void (context['dueAt'] = new Date(5)))] }),
        new ScriptedStep('charge', {
          act: [
            new StepGate().waits(),
            (context) => void seen.push((context as unknown as OrderContext).isDue()),
          ],
        }),
      ],
      { context: OrderContext },
    );
    const cluster = new SimulatedCluster([saga]);
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start(new OrderContext());
    await cluster.advance(0);
    first.kill();
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(seen).toEqual([true]);
    expect(outcome.context).toBeInstanceOf(OrderContext);
  });

  it('continues to undo in the same order if it was being undone', async () => {
    const gate = new StepGate();
    const { saga, cluster } = order({ compensate: [gate.waits(), answers()] }, { act: [throws(declined)] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'ship' } });
    expect(outcome.cause).toMatchObject({ message: 'the card was declined' });
    expect(saga.calls.slice(3)).toEqual(['compensate charge', 'compensate charge', 'compensate reserve']);
  });

  it('starts no act any more once the decision to undo is durable, though its answer was lost in the crash', async () => {
    const { saga, cluster } = order({ act: [throws(declined), answers()] });
    const storage = new DelayedStorage(cluster.memory);
    const [first, second] = [await cluster.startProcess({ storage }), await cluster.startProcess()];
    const { sagaId } = await first.start();
    storage.hold('append');
    await cluster.advance(0);
    first.kill();
    await cluster.resolve(second.outcome(sagaId));
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('is found though the storage gives no hints', async () => {
    const { cluster } = order({ act: [new StepGate().waits(), answers()] });
    const storage = new SilentStorage(cluster.memory);
    const first = await cluster.startProcess({ storage });
    const second = await cluster.startProcess({ storage });
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    expect((await cluster.resolve(second.outcome(sagaId), 60_000)).status).toBe('completed');
  });

  it('is published as recovered', async () => {
    const { cluster } = order({ act: [new StepGate().waits(), answers()] });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(0);
    first.kill();
    await cluster.resolve(second.outcome(sagaId));
    expect(second.listener.ofType('claimed')).toMatchObject([{ sagaId, isRecovery: true, recoveries: 1 }]);
  });
});

describe('a saga that ends its process each time', () => {
  it('is STUCK with "recovery-exhausted" after 5 recoveries, at the step it stands at', async () => {
    const { step, cluster } = order({ act: [new StepGate().waits()] });
    const sagaId = await crash(cluster, 6);
    expect(step.calls).toHaveLength(6);
    const process = await cluster.startProcess();
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome).toMatchObject({
      status: 'stuck',
      stuck: { reason: 'recovery-exhausted', step: 'charge' },
      failure: undefined,
    });
    expect(outcome.stuck?.message).toContain('5 recoveries');
    expect(step.calls).toHaveLength(6);
  });

  it('does not keep the others from going on', async () => {
    const { cluster } = order({ act: [new StepGate().waits(), answers()] });
    const process = await cluster.startProcess();
    const stuck = await process.start();
    await cluster.advance(0);
    const others = await Promise.all(Array.from({ length: 20 }, () => process.enqueue()));
    await cluster.resolve(Promise.all(others.map((other) => process.outcome(other.sagaId))));
    expect(await cluster.memory.find(stuck.sagaId)).toMatchObject({ status: 'running' });
  });

  it('begins to count again with each step that completes', async () => {
    const { step, saga, cluster } = order({ act: [new StepGate().waits()] }, {}, 2);
    const sagaId = await crash(cluster, 2);
    step.rescript({ act: [answers()] });
    (saga.steps[2] as ScriptedStep).rescript({ act: [new StepGate().waits()] });
    await crash(cluster, 2, sagaId);
    (saga.steps[2] as ScriptedStep).rescript({ act: [answers()] });
    const process = await cluster.startProcess();
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('completed');
  });

  it('does not count a process that released it in an orderly way', async () => {
    const { step, cluster } = order({ act: [new StepGate().waits()] }, {}, 1);
    const starter = await cluster.startProcess();
    const { sagaId } = await starter.start();
    await cluster.resolve(starter.engine.close());
    for (let shutdowns = 0; shutdowns < 8; shutdowns++) {
      const process = await cluster.startProcess();
      await cluster.advance(1_000);
      await cluster.resolve(process.engine.close());
    }
    step.rescript({ act: [answers()] });
    const process = await cluster.startProcess();
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('completed');
  });

  it('counts the first claim of a queued saga for no recovery', async () => {
    const { cluster } = order({}, {}, 0);
    const process = await cluster.startProcess();
    const { sagaId } = await process.enqueue();
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('completed');
    expect(process.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });
});

describe('a saga that only waits', () => {
  const retry = { maximumAttempts: 3, initialIntervalMs: 590_000, maximumIntervalMs: 590_000, jitter: 0 };

  it('survives any number of deaths of processes around it', async () => {
    const act = [throws(declined), answers()];
    const { saga, cluster } = order({ act, retry }, {}, 1);
    const sagaId = await crash(cluster, 8);
    const process = await cluster.startProcess();
    const outcome = cluster.resolve(process.outcome(sagaId));
    expect((await outcome).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'act charge #2', 'act ship']);
    expect(process.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });

  it.each([
    ['parked', {}],
    ['held by its owner', { parkAboveMs: 3_600_000 }],
  ])('is not STUCK after six owners were killed in its long wait, %s', async (_how, options) => {
    const { step, cluster } = order({ act: [throws(declined), answers()], retry });
    const starter = await cluster.startProcess(options);
    const { sagaId } = await starter.start();
    await cluster.advance(0);
    starter.kill();
    for (let killed = 1; killed < 6; killed++) {
      const process = await cluster.startProcess(options);
      await cluster.advance(60_000);
      process.kill();
    }
    const last = await cluster.startProcess(options);
    expect((await cluster.resolve(last.outcome(sagaId))).status).toBe('completed');
    expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
  });

  it('survives them while an undo waits, too', async () => {
    const compensate = [throws(declined), answers()];
    const { saga, cluster } = order({ compensate, compensation: retry }, { act: [throws(declined)] }, 1);
    const sagaId = await crash(cluster, 8);
    const process = await cluster.startProcess();
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    expect(saga.calls.slice(3)).toEqual(['compensate charge', 'compensate charge #2', 'compensate reserve']);
  });

  it('is quarantined as any other once its wait is over and its owners die of it', async () => {
    const act = [throws(declined), new StepGate().waits()];
    const { step, cluster } = order({ act, retry }, {}, 2);
    const sagaId = await crash(cluster, 12);
    const process = await cluster.startProcess();
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'recovery-exhausted' } });
    expect(outcome.stuck?.message).toContain('2 recoveries');
    // The attempt that failed, then the one that ended its process, and its two recoveries.
    expect(step.calls).toHaveLength(4);
  });
});
