import { SagaStatusError } from '@nest-saga/core';
import type { DeclaredSaga } from '@nest-saga/core';
import { changes, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate, throws } from '@nest-saga/testing';
import type { ScriptedSaga, SimulatedProcess } from '@nest-saga/testing';

const steps = (...ids: readonly string[]) => ids.map((id) => new ScriptedStep(id));
const order = (...ids: readonly string[]) => scriptedSaga('order', steps(...ids));
const reason = 'the customer called';

/** Steps of which the last one never ends. */
const hangingAt = (id: string, ...before: readonly string[]) =>
  scriptedSaga('order', [...steps(...before), new ScriptedStep(id, { act: [new StepGate().waits()] })]);

/** A saga whose process died after some steps. */
async function leftBehind(saga: ScriptedSaga) {
  const cluster = new SimulatedCluster([saga]);
  const earlier = await cluster.startProcess();
  const { sagaId } = await earlier.start();
  await cluster.advance(0);
  earlier.kill();
  const deploy = (after: DeclaredSaga): Promise<SimulatedProcess> => cluster.startProcess({ sagas: [after] });
  const outcomeUnder = async (after: DeclaredSaga) =>
    cluster.resolve((await deploy(after)).outcome(sagaId), 600_000);
  return { cluster, sagaId, deploy, outcomeUnder };
}

/** A saga that is STUCK because its journal does not fit the steps of the process that claimed it. */
async function mismatched(before: ScriptedSaga, wrong: ScriptedSaga) {
  const left = await leftBehind(before);
  const process = await left.deploy(wrong);
  const outcome = await left.cluster.resolve(process.outcome(left.sagaId));
  expect(outcome.stuck).toMatchObject({ reason: 'definition-mismatch' });
  const redeploy = async (right: ScriptedSaga): Promise<SimulatedProcess> => {
    await left.cluster.resolve(process.engine.close());
    return left.deploy(right);
  };
  return { ...left, process, outcome, redeploy };
}

const refusalOf = (request: Promise<void>): Promise<unknown> => request.catch((error: unknown) => error);

describe('a saga whose last steps were taken out while it ran', () => {
  it('ends COMPLETED if every step that is left is done', async () => {
    const { cluster, sagaId, outcomeUnder } = await leftBehind(hangingAt('charge', 'reserve'));
    const after = order('reserve');
    expect((await outcomeUnder(after)).status).toBe('completed');
    expect(after.calls).toEqual([]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'settled',
    ]);
    expect((await cluster.load(sagaId)).header).toMatchObject({ status: 'completed', owner: undefined });
  });

  it('is undone if a caller asked for that before', async () => {
    const { cluster, sagaId, deploy, outcomeUnder } = await leftBehind(hangingAt('charge', 'reserve'));
    const idle = await cluster.startProcess({ worker: false });
    await idle.engine.requests.cancel(sagaId, reason);
    await cluster.resolve(idle.engine.close());
    const after = order('reserve');
    await deploy(after);
    expect(await outcomeUnder(after)).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(after.calls).toEqual(['compensate reserve']);
  });

  it('is STUCK if one of them is in its journal', async () => {
    const { outcomeUnder } = await leftBehind(hangingAt('ship', 'reserve', 'charge'));
    const after = order('reserve');
    const outcome = await outcomeUnder(after);
    expect(outcome.stuck).toMatchObject({ reason: 'definition-mismatch' });
    expect(outcome.stuck?.message).toContain('"charge"');
    expect(after.calls).toEqual([]);
  });
});

describe('a saga that has ended', () => {
  const deployments: readonly (readonly [string, ScriptedSaga])[] = [
    ['got further steps', order('reserve', 'charge', 'ship')],
    ['lost its last step', order('reserve')],
    ['got other steps', order('check', 'pay')],
  ];

  it.each(deployments)('stays COMPLETED with its context though it %s', async (_name, after) => {
    const before = scriptedSaga('order', [
      ...steps('reserve'),
      new ScriptedStep('charge', { act: [changes((context) => (context['isPaid'] = true))] }),
    ]);
    const cluster = new SimulatedCluster([before]);
    const earlier = await cluster.startProcess();
    const { sagaId } = await cluster.run(earlier);
    await cluster.resolve(earlier.engine.close());
    const ended = await cluster.load(sagaId);
    const process = await cluster.startProcess({ sagas: [after] });
    const { requests } = process.engine;
    const refusals = await Promise.all([
      refusalOf(requests.cancel(sagaId, reason)),
      refusalOf(requests.retry(sagaId, 'ada')),
      refusalOf(requests.resolveStep(sagaId, 'ship', 'ada', 'shipped by hand')),
    ]);
    for (const refusal of refusals) {
      expect(refusal).toBeInstanceOf(SagaStatusError);
      expect(refusal).toMatchObject({ status: 'completed' });
    }
    expect(await cluster.resolve(process.outcome(sagaId))).toMatchObject({
      status: 'completed',
      context: { isPaid: true },
    });
    expect(await cluster.load(sagaId)).toEqual(ended);
  });
});

describe('a saga whose journal does not fit the steps', () => {
  it.each(['cancel', 'resolveStep'])('refuses "%s" if it is STUCK, and says what helps', async (request) => {
    const { cluster, process, sagaId } = await mismatched(
      hangingAt('charge', 'reserve'),
      order('charge', 'reserve'),
    );
    const before = await cluster.load(sagaId);
    const { requests } = process.engine;
    const refusal = await refusalOf(
      request === 'cancel'
        ? requests.cancel(sagaId, reason)
        : requests.resolveStep(sagaId, 'charge', 'ada', 'charged by phone'),
    );
    expect(refusal).toBeInstanceOf(SagaStatusError);
    expect(refusal).toMatchObject({ request, status: 'stuck' });
    expect(String(refusal)).toContain('"reserve"');
    expect(await cluster.load(sagaId)).toEqual(before);
  });

  it.each<[string, (process: SimulatedProcess, sagaId: string) => Promise<void>, string, readonly string[]]>([
    [
      'a retry',
      ({ engine }, sagaId) => engine.requests.retry(sagaId, 'ada'),
      'completed',
      ['act charge', 'act ship'],
    ],
    [
      'a step done by hand',
      ({ engine }, sagaId) => engine.requests.resolveStep(sagaId, 'charge', 'ada', 'charged by phone'),
      'completed',
      ['act ship'],
    ],
    [
      'a cancel',
      ({ engine }, sagaId) => engine.requests.cancel(sagaId, reason),
      'failed',
      ['compensate charge', 'compensate reserve'],
    ],
  ])('continues with %s once the right steps are back', async (_name, ask, status, calls) => {
    const { cluster, sagaId, redeploy } = await mismatched(
      hangingAt('charge', 'reserve'),
      order('check', 'charge'),
    );
    const right = order('reserve', 'charge', 'ship');
    const process = await redeploy(right);
    await ask(process, sagaId);
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe(status);
    expect(right.calls).toEqual(calls);
  });

  it('is undone, once the right steps are back, if a caller asked to cancel it before it got STUCK', async () => {
    const { cluster, sagaId, deploy } = await leftBehind(hangingAt('charge', 'reserve'));
    const idle = await cluster.startProcess({ worker: false });
    await idle.engine.requests.cancel(sagaId, reason);
    await cluster.resolve(idle.engine.close());
    const wrong = await deploy(order('check'));
    expect((await cluster.resolve(wrong.outcome(sagaId))).status).toBe('stuck');
    await cluster.resolve(wrong.engine.close());
    const right = order('reserve', 'charge');
    const process = await deploy(right);
    await process.engine.requests.cancel(sagaId, reason);
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    expect(right.calls).toEqual(['compensate charge', 'compensate reserve']);
  });

  it('is undone by a retry if a former release has stored a cancel of it without effect', async () => {
    const { cluster, sagaId, redeploy } = await mismatched(hangingAt('charge', 'reserve'), order('check'));
    const seq = (await cluster.load(sagaId)).entries.length + 1;
    const entry = { kind: 'cancel-requested', reason } as const;
    await cluster.memory.append({ sagaId, seq, worker: undefined, entry });
    const right = order('reserve', 'charge');
    const process = await redeploy(right);
    await process.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('failed');
    expect(right.calls).toEqual(['compensate charge', 'compensate reserve']);
  });

  it('is STUCK with the reason of its failure if it was being undone, and continues to undo', async () => {
    const before = scriptedSaga('order', [
      new ScriptedStep('reserve', { compensate: [new StepGate().waits()] }),
      new ScriptedStep('charge', { act: [throws(new Error('declined'))] }),
    ]);
    const wrong = order('check', 'reserve');
    const { cluster, process, outcome, sagaId, deploy } = await mismatched(before, wrong);
    expect(outcome.failure).toMatchObject({ step: 'charge', message: 'declined' });
    await cluster.resolve(process.engine.close());
    const idle = await cluster.startProcess({ sagas: [wrong], worker: false });
    await idle.engine.requests.retry(sagaId, 'ada');
    expect(await cluster.memory.find(sagaId)).toMatchObject({
      status: 'compensating',
      failure: { step: 'charge' },
    });
    const again = await deploy(wrong);
    expect(await cluster.resolve(again.outcome(sagaId))).toMatchObject({
      status: 'stuck',
      failure: { step: 'charge' },
    });
    await cluster.resolve(again.engine.close());
    const right = order('reserve', 'charge');
    const next = await deploy(right);
    await next.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(next.outcome(sagaId))).status).toBe('failed');
    expect(right.calls).toEqual(['compensate reserve']);
  });

  it('shows its progress: the context is as its last step left it', async () => {
    const before = scriptedSaga('order', [
      ...steps('reserve'),
      new ScriptedStep('charge', { act: [changes((context) => (context['isPaid'] = true))] }),
      new ScriptedStep('ship', { act: [new StepGate().waits()] }),
    ]);
    const { outcome } = await mismatched(before, order('reserve', 'check', 'ship'));
    expect(outcome.context).toEqual({ isPaid: true });
  });

  it('is cancelled by its owner once, whatever steps the process has that passes the cancel on', async () => {
    const gate = new StepGate();
    const right = scriptedSaga('order', [
      ...steps('reserve'),
      new ScriptedStep('charge', { act: [gate.waits()] }),
    ]);
    const cluster = new SimulatedCluster([right]);
    const owner = await cluster.startProcess();
    const started = await owner.start();
    await cluster.advance(0);
    const other = await cluster.startProcess({ sagas: [order('check')], worker: false });
    await other.engine.requests.cancel(started.sagaId, reason);
    await other.engine.requests.cancel(started.sagaId, 'once more');
    expect(await cluster.resolve(owner.outcome(started))).toMatchObject({
      status: 'failed',
      failure: { reason: 'cancelled', message: reason },
    });
    const journal = await cluster.journalOf(started.sagaId);
    expect(journal.filter((entry) => entry.startsWith('cancel-requested'))).toHaveLength(1);
    expect(right.calls).toEqual(['act reserve', 'act charge', 'compensate charge', 'compensate reserve']);
  });
});

describe('a step that was replaced by another one', () => {
  it('is not undone by the other one if a cancel found it begun', async () => {
    const charge = new ScriptedStep('charge', {
      act: [new StepGate().waits()],
      compensate: [new StepGate().waits()],
      compensateOn: 'attempted',
    });
    const before = scriptedSaga('order', [...steps('reserve'), charge]);
    const { cluster, sagaId, deploy, outcomeUnder } = await leftBehind(before);
    const idle = await cluster.startProcess({ worker: false });
    await idle.engine.requests.cancel(sagaId, reason);
    const undoing = await deploy(before);
    await cluster.advance(60_000);
    expect(await cluster.journalOf(sagaId)).toContain('compensation-decided');
    expect(charge.compensateCalls).toHaveLength(1);
    undoing.kill();
    const after = order('reserve', 'pay');
    const outcome = await outcomeUnder(after);
    expect(outcome.stuck).toMatchObject({ reason: 'definition-mismatch' });
    expect(after.calls).toEqual([]);
  });

  it('makes the saga STUCK if it was done by hand', async () => {
    const { cluster, sagaId, redeploy } = await mismatched(
      hangingAt('charge', 'reserve'),
      order('check', 'charge'),
    );
    const right = await redeploy(hangingAt('ship', 'reserve', 'charge'));
    await right.engine.requests.resolveStep(sagaId, 'charge', 'ada', 'charged by phone');
    await cluster.advance(1_000);
    right.kill();
    const after = order('reserve', 'pay', 'ship');
    const process = await cluster.startProcess({ sagas: [after] });
    const outcome = await cluster.resolve(process.outcome(sagaId), 600_000);
    expect(outcome.stuck).toMatchObject({ reason: 'definition-mismatch' });
    expect(after.calls).toEqual([]);
  });
});
