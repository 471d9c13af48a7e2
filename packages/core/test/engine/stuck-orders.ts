import { scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedSaga, ScriptedStepOptions } from '@nest-saga/testing';

export const down = new Error('the stock service is down');
export const declined = new Error('the card was declined');

/** A saga that is STUCK in the undo of `charge`. */
export async function stuckUndo(charge: ScriptedStepOptions = {}) {
  const step = new ScriptedStep('charge', { compensate: [throws(down)], ...charge });
  const saga = scriptedSaga('order', [
    new ScriptedStep('reserve'),
    step,
    new ScriptedStep('pack'),
    new ScriptedStep('ship', { act: [throws(declined)] }),
  ]);
  const cluster = new SimulatedCluster([saga]);
  const process = await cluster.startProcess();
  const { sagaId, status } = await cluster.run(process);
  expect(status).toBe('stuck');
  const before = saga.calls.length;
  return { step, saga, cluster, process, sagaId, callsSince: () => saga.calls.slice(before) };
}

/** Runs a saga, which may not be recovered, in a process that dies during this step: another process makes it STUCK. */
export async function stuckAt(saga: ScriptedSaga, step: string) {
  const cluster = new SimulatedCluster([saga]);
  const first = await cluster.startProcess();
  const { sagaId } = await first.start();
  await cluster.advance(0);
  first.kill();
  const process = await cluster.startProcess();
  const { stuck } = await cluster.resolve(process.outcome(sagaId));
  expect(stuck).toMatchObject({ reason: 'recovery-exhausted', step });
  return { cluster, process, sagaId };
}

/** A saga that is STUCK on its way forward: `charge` ended its process each time. */
export async function stuckForward(ids: readonly string[] = ['reserve', 'charge', 'ship']) {
  const step = new ScriptedStep('charge', { act: [new StepGate().waits()] });
  const saga = scriptedSaga(
    'order',
    ids.map((id) => (id === step.id ? step : new ScriptedStep(id))),
    { maximumRecoveryAttempts: 0 },
  );
  const { cluster, process, sagaId } = await stuckAt(saga, step.id);
  const before = saga.calls.length;
  return { step, saga, cluster, process, sagaId, callsSince: () => saga.calls.slice(before) };
}
