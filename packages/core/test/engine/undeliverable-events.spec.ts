import { jsonContextCodec } from '@nest-saga/core';
import { answers, emits, scriptedSaga, ScriptedStep, SimulatedCluster, StepGate } from '@nest-saga/testing';

/** Sagas whose process died. One of them is after a step whose events only a process with the key can read. */
async function crashedWithEvents() {
  const key = { isThere: true };
  const codec = {
    ...jsonContextCodec,
    decode: (json: string): unknown => {
      if (json.includes('sealed') && !key.isThere) throw new Error('the key is not there');
      return jsonContextCodec.decode(json);
    },
  };
  const charge = new ScriptedStep('charge', { act: [new StepGate().waits(), answers()] });
  const sealed = scriptedSaga('sealed', [new ScriptedStep('reserve', { act: [emits('sealed')] }), charge], {
    codec,
  });
  const pack = new ScriptedStep('pack', { act: Array.from({ length: 4 }, () => new StepGate().waits()) });
  const open = scriptedSaga('open', [pack]);
  const cluster = new SimulatedCluster([open, sealed]);
  const process = await cluster.startProcess();
  const healthy = [await process.start(), await process.start()];
  const { sagaId } = await process.start({}, { saga: 'sealed' });
  healthy.push(await process.start(), await process.start());
  await cluster.advance(0);
  process.kill();
  pack.rescript({ act: [answers()] });
  return { cluster, key, sealed, sagaId, healthy };
}

describe('a saga whose events cannot be read by the process that claims it', () => {
  it('does not hold up those that are claimed with it', async () => {
    const { cluster, key, healthy } = await crashedWithEvents();
    key.isThere = false;
    const process = await cluster.startProcess();
    await cluster.advance(60_000);
    expect(process.listener.ofWorkerType('sweep-failed')).toEqual([]);
    for (const { sagaId } of healthy)
      expect(await cluster.journalOf(sagaId)).toEqual(['claimed from running', 'act-completed pack']);
  });

  it('runs no step there, is never undone because of it, and is STUCK in the end', async () => {
    const { cluster, key, sealed, sagaId } = await crashedWithEvents();
    key.isThere = false;
    const process = await cluster.startProcess();
    const outcome = await cluster.resolve(process.outcome(sagaId));
    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'recovery-exhausted' } });
    expect(sealed.calls).toEqual(['act reserve', 'act charge']);
    expect(process.listener.ofWorkerType('storage-failed')).toContainEqual(
      expect.objectContaining({ operation: 'run', sagaId, error: new Error('the key is not there') }),
    );
  });

  it('continues if they can be read, and they are delivered first', async () => {
    const { cluster, key, sagaId } = await crashedWithEvents();
    key.isThere = false;
    const blind = await cluster.startProcess();
    await cluster.resolve(blind.outcome(sagaId));
    blind.kill();
    key.isThere = true;
    const process = await cluster.startProcess();
    await process.engine.requests.retry(sagaId, 'ada');
    expect((await cluster.resolve(process.outcome(sagaId))).status).toBe('completed');
    expect(process.listener.typesOf(sagaId)).toEqual(['claimed', 'emitted', 'step', 'completed']);
  });
});
