import { emits, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';

describe('a cancel with compensateOn "attempted"', () => {
  it('undoes the step in which the process died, although the result of its act is not recorded', async () => {
    const step = new ScriptedStep('charge', { act: [new StepGate().waits()], compensateOn: 'attempted' });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step, new ScriptedStep('ship')]);
    const { cluster, second, sagaId } = await cancelledAfterDeath(saga);
    await cluster.resolve(second.outcome(sagaId));
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('undoes the step whose last attempt failed, while it waits for the next one', async () => {
    const step = new ScriptedStep('charge', {
      act: [throws(new Error('no answer'))],
      compensateOn: 'attempted',
      retry: { maximumAttempts: 5, initialIntervalMs: 60_000 },
    });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step, new ScriptedStep('ship')]);
    const cluster = new SimulatedCluster([saga]);
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(100);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    await cluster.resolve(process.outcome(started));
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });
});

describe('a cancel of a saga whose step ends its processes', () => {
  it('is obeyed, though one recovery more would have been one too many', async () => {
    const step = new ScriptedStep('charge', { act: [new StepGate().waits()] });
    const saga = scriptedSaga('order', [new ScriptedStep('reserve'), step], { maximumRecoveryAttempts: 0 });
    const { cluster, second, sagaId } = await cancelledAfterDeath(saga);
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });

  it('comes with the events of the last step, which a crash may have swallowed', async () => {
    const reserve = new ScriptedStep('reserve', { act: [emits('reserved')] });
    const charge = new ScriptedStep('charge', { act: [new StepGate().waits()] });
    const saga = scriptedSaga('order', [reserve, charge], { maximumRecoveryAttempts: 0 });
    const { cluster, second, sagaId } = await cancelledAfterDeath(saga);
    await cluster.resolve(second.outcome(sagaId));
    expect(second.listener.ofType('emitted')).toMatchObject([{ sagaId, step: 'reserve', event: 'reserved' }]);
  });
});

/** A process dies in an act of its saga, and another process is asked to cancel the saga. */
async function cancelledAfterDeath(saga: ReturnType<typeof scriptedSaga>) {
  const cluster = new SimulatedCluster([saga]);
  const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
  const { sagaId } = await first.start();
  await cluster.advance(0);
  first.kill();
  await second.engine.requests.cancel(sagaId, 'the customer called');
  return { cluster, second, sagaId };
}
