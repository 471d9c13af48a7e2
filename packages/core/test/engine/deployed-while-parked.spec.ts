import { approval, delay, hours, minutes, sagaSignal, waitFor } from '@nest-saga/core';
import type { DeclaredWait } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

const paid = sagaSignal('paid');
const longMs = hours(1);

const waits: readonly (readonly [string, (id: string, aliases?: readonly string[]) => DeclaredWait])[] = [
  ['a delay', (id, aliases) => delay(id, longMs, aliases && { aliases })],
  ['a signal', (id, aliases) => waitFor(id, [paid], aliases && { aliases })],
  ['a decision', (id, aliases) => approval(id, aliases && { aliases })],
];

const step = (id: string): ScriptedStep => new ScriptedStep(id);

/** A saga that is parked at its wait, and whose process stopped in an orderly way. */
async function parked(wait: DeclaredWait, options: object = {}) {
  const before = scriptedSaga('order', [step('reserve'), wait, step('ship')], options);
  const cluster = new SimulatedCluster([before]);
  const process = await cluster.startProcess();
  const { sagaId } = await process.start();
  await cluster.advance(0);
  await cluster.resolve(process.engine.close());
  return { cluster, sagaId, before };
}

async function endWait(process: Awaited<ReturnType<SimulatedCluster['startProcess']>>, sagaId: string) {
  const { waiting } = (await process.engine.reader.find(sagaId))?.header ?? {};
  if (waiting?.for === 'signal') await process.engine.requests.signal(sagaId, paid);
  if (waiting?.for === 'approval')
    await process.engine.requests.decide(sagaId, waiting.name, { decision: 'approved', actor: 'ada' });
}

describe.each(waits)('a saga that waits for %s while every process stops', (_what, wait) => {
  it('stays parked after the shutdown, and is continued by the next process as if nothing had happened', async () => {
    const { cluster, sagaId, before } = await parked(wait('pause'));
    const stopped = await cluster.load(sagaId);
    expect(stopped.header).toMatchObject({ status: 'running', owner: undefined, waiting: { name: 'pause' } });
    expect(stopped.entries.map(({ kind }) => kind)).toEqual(['act-completed']);
    const next = await cluster.startProcess();
    await cluster.advance(minutes(1));
    expect(await cluster.load(sagaId)).toEqual(stopped);
    await endWait(next, sagaId);
    expect((await cluster.resolve(next.outcome(sagaId), 2 * longMs)).status).toBe('completed');
    expect(before.calls).toEqual(['act reserve', 'act ship']);
    expect(next.listener.ofType('claimed')).toMatchObject([{ isRecovery: false, recoveries: 0 }]);
  });

  it('continues with the steps that a deployment put after the wait', async () => {
    const { cluster, sagaId } = await parked(wait('pause'));
    const after = scriptedSaga('order', [step('reserve'), wait('pause'), step('pack'), step('ship')]);
    const next = await cluster.startProcess({ sagas: [after] });
    await endWait(next, sagaId);
    expect((await cluster.resolve(next.outcome(sagaId), 2 * longMs)).status).toBe('completed');
    expect(after.calls).toEqual(['act pack', 'act ship']);
  });

  it('continues after the wait got another id, if the old one is an alias', async () => {
    const { cluster, sagaId } = await parked(wait('pause'));
    const after = scriptedSaga('order', [step('reserve'), wait('cooling-off', ['pause']), step('ship')]);
    const next = await cluster.startProcess({ sagas: [after] });
    await endWait(next, sagaId);
    expect((await cluster.resolve(next.outcome(sagaId), 2 * longMs)).status).toBe('completed');
    expect(after.calls).toEqual(['act ship']);
  });

  it('is STUCK at its next claim if the wait is gone, and no step runs', async () => {
    const { cluster, sagaId } = await parked(wait('pause'));
    const after = scriptedSaga('order', [step('reserve'), step('ship')]);
    const next = await cluster.startProcess({ sagas: [after] });
    const asking = await cluster.startProcess({ worker: false });
    await endWait(asking, sagaId);
    const outcome = await cluster.resolve(next.outcome(sagaId), 2 * longMs);
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'definition-mismatch' } });
    expect(after.calls).toEqual([]);
  });

  it('ends under the version with which it started, beside the next version', async () => {
    const { cluster, sagaId, before } = await parked(wait('pause'), { version: 1 });
    const newer = scriptedSaga('order', [step('ship')], { version: 2 });
    const onlyNew = await cluster.startProcess({ sagas: [newer] });
    await cluster.advance(2 * longMs);
    expect((await cluster.load(sagaId)).entries).toHaveLength(1);
    const both = await cluster.startProcess({ sagas: [newer, before] });
    await endWait(both, sagaId);
    expect((await cluster.resolve(both.outcome(sagaId), 2 * longMs)).status).toBe('completed');
    expect(before.calls).toEqual(['act reserve', 'act ship']);
    expect([newer.calls, onlyNew.listener.ofType('claimed')]).toEqual([[], []]);
  });
});
