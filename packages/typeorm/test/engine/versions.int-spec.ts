import { SagaStatusError } from '@nest-saga/core';
import type { DeclaredSaga } from '@nest-saga/core';
import { scriptedSaga, ScriptedStep, StepGate, throws } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const steps = (...ids: readonly string[]) => ids.map((id) => new ScriptedStep(id));

describe('a saga that is recovered by a worker of another release', () => {
  let cluster: EngineCluster;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
  });
  afterAll(() => cluster.close());

  /** Leaves a saga behind whose first step is done and whose second one was under way. */
  const leaveBehind = async (name: string, ...[first = '', second = '', ...rest]: readonly string[]) => {
    const gate = new StepGate();
    const hanging = new ScriptedStep(second, { act: [gate.waitsDeaf()] });
    const saga = scriptedSaga(name, [...steps(first), hanging, ...steps(...rest)]);
    const earlier = await cluster.startProcess([saga]);
    const { sagaId } = await earlier.start();
    await until('the second act', () => gate.held === 1);
    await cluster.crash(earlier);
    return sagaId;
  };
  const recover = async (sagaId: string, ...sagas: readonly DeclaredSaga[]) => {
    const process = await cluster.startProcess(sagas);
    return { process, outcome: await process.outcome(sagaId) };
  };

  it('ends under its own version if both are registered, and a new one starts under the newest', async () => {
    const sagaId = await leaveBehind('versions', 'reserve', 'charge', 'ship');
    const first = scriptedSaga('versions', steps('reserve', 'charge', 'ship'));
    const second = scriptedSaga('versions', steps('check', 'ship'), { version: 2 });
    const { process, outcome } = await recover(sagaId, second, first);
    const fresh = await process.start();
    await process.outcome(fresh);

    expect(outcome.status).toBe('completed');
    expect(first.calls).toEqual(['act charge', 'act ship']);
    expect(second.calls).toEqual(['act check', 'act ship']);
    expect((await cluster.load(sagaId)).header.version).toBe(1);
    expect((await cluster.load(fresh.sagaId)).header.version).toBe(2);
  });

  it('is left alone by one that knows only the other version, row and journal', async () => {
    const sagaId = await leaveBehind('unknown', 'reserve', 'charge');
    const rows = () =>
      cluster.database.query(
        `SELECT e.ctid::text, e.xmin::text, e.*, (SELECT count(*) FROM saga.saga_log WHERE saga_id = id) AS entries
         FROM saga.saga_execution AS e WHERE id = $1`,
        [sagaId],
      );
    const before = await rows();
    const second = scriptedSaga('unknown', steps('reserve', 'charge'), { version: 2 });
    const process = await cluster.startProcess([second]);
    await until('some sweeps', () => process.listener.ofWorkerType('swept').length >= 5);

    expect(before).toMatchObject([{ status: 'running' }]);
    expect(await rows()).toEqual(before);

    const { outcome } = await recover(sagaId, scriptedSaga('unknown', steps('reserve', 'charge')));
    expect(outcome.status).toBe('completed');
    expect(second.calls).toEqual([]);
  });

  it('continues if its journal is a prefix of the new steps', async () => {
    const sagaId = await leaveBehind('prefix', 'reserve', 'charge', 'ship');
    const after = scriptedSaga('prefix', steps('reserve', 'charge', 'check', 'ship'));
    const { outcome } = await recover(sagaId, after);

    expect(outcome.status).toBe('completed');
    expect(after.calls).toEqual(['act charge', 'act check', 'act ship']);
  });

  it('is STUCK with definition-mismatch if a step of its journal stands elsewhere, and continues once the right release is back', async () => {
    const sagaId = await leaveBehind('mismatch', 'reserve', 'charge');
    const wrong = scriptedSaga('mismatch', steps('check', 'reserve', 'charge'));
    const { process, outcome } = await recover(sagaId, wrong);

    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'definition-mismatch' } });
    expect(outcome.stuck?.message).toContain('"reserve"');
    expect(wrong.calls).toEqual([]);
    expect((await cluster.load(sagaId)).header).toMatchObject({ status: 'stuck', owner: undefined });

    await cluster.crash(process);
    const right = scriptedSaga('mismatch', steps('reserve', 'charge'));
    const next = await cluster.startProcess([right]);
    await next.engine.requests.retry(sagaId, 'ada', 'rolled back');
    expect((await next.outcome(sagaId)).status).toBe('completed');
    expect(right.calls).toEqual(['act charge']);
  });

  it('ends where every step that is left is done, in one claim and one entry more', async () => {
    const sagaId = await leaveBehind('shortened', 'reserve', 'charge', 'ship');
    const after = scriptedSaga('shortened', steps('reserve'));
    const { outcome } = await recover(sagaId, after);

    expect(outcome.status).toBe('completed');
    expect(after.calls).toEqual([]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'settled',
    ]);
    expect((await cluster.load(sagaId)).header).toMatchObject({ status: 'completed', owner: undefined });
  });

  it('takes no request once it has ended, though there are further steps by now', async () => {
    const before = scriptedSaga('lengthened', steps('reserve'));
    const first = await cluster.startProcess([before]);
    const { sagaId } = await first.start();
    await first.outcome(sagaId);
    const ended = await cluster.load(sagaId);
    const next = await cluster.startProcess([scriptedSaga('lengthened', steps('reserve', 'charge'))]);
    const { requests } = next.engine;

    await expect(requests.cancel(sagaId, 'too late')).rejects.toMatchObject({ status: 'completed' });
    await expect(requests.retry(sagaId, 'ada')).rejects.toMatchObject({ status: 'completed' });
    expect((await next.outcome(sagaId)).status).toBe('completed');
    expect(await cluster.load(sagaId)).toEqual(ended);
  });

  it('refuses a cancel and a step done by hand while it does not fit, and is cancelled once the right release is back', async () => {
    const sagaId = await leaveBehind('refusing', 'reserve', 'charge');
    const { process } = await recover(sagaId, scriptedSaga('refusing', steps('charge', 'reserve')));
    const before = await cluster.load(sagaId);
    const { requests } = process.engine;

    await expect(requests.cancel(sagaId, 'no')).rejects.toBeInstanceOf(SagaStatusError);
    await expect(requests.resolveStep(sagaId, 'charge', 'ada', 'by phone')).rejects.toBeInstanceOf(
      SagaStatusError,
    );
    expect(await cluster.load(sagaId)).toEqual(before);

    await cluster.crash(process);
    const right = scriptedSaga('refusing', steps('reserve', 'charge'));
    const next = await cluster.startProcess([right]);
    await next.engine.requests.cancel(sagaId, 'no');
    expect((await next.outcome(sagaId)).status).toBe('failed');
    // The owner that died may have begun the charge: it is in doubt, so it is undone too.
    expect(right.calls).toEqual(['compensate charge', 'compensate reserve']);
  });

  it('continues under the new names of its steps, with the idempotency keys of the oldest', async () => {
    const sagaId = await leaveBehind('renamed', 'reserve', 'charge');
    const hold = new ScriptedStep('hold-stock', { aliases: ['reserve'] });
    const pay = new ScriptedStep('pay', {
      aliases: ['charge', 'charge-card'],
      act: [throws(new Error('declined'))],
    });
    const after = scriptedSaga('renamed', [hold, pay]);
    const { outcome } = await recover(sagaId, after);

    expect(outcome).toMatchObject({ status: 'failed', failure: { step: 'pay' } });
    expect(after.calls).toEqual(['act pay', 'compensate pay', 'compensate hold-stock']);
    expect(pay.calls).toMatchObject([
      { step: 'pay', idempotencyKey: `${sagaId}:charge:act` },
      { step: 'pay', idempotencyKey: `${sagaId}:charge:compensate` },
    ]);
    expect(hold.calls).toMatchObject([{ idempotencyKey: `${sagaId}:reserve:compensate` }]);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'act-failed pay -> compensate',
      'compensation-completed pay',
      'compensation-completed reserve',
    ]);
  });

  it('continues in a worker that still has the old name, after one with the new name that recorded nothing', async () => {
    const sagaId = await leaveBehind('mixed', 'reserve', 'charge');
    const gate = new StepGate();
    const renamed = scriptedSaga('mixed', [
      new ScriptedStep('hold-stock', { aliases: ['reserve'] }),
      new ScriptedStep('charge'),
      new ScriptedStep('ship', { act: [gate.waitsDeaf()] }),
    ]);
    const newer = await cluster.startProcess([renamed]);
    await until('the third act', () => gate.held === 1);
    await cluster.crash(newer);
    const older = scriptedSaga('mixed', steps('reserve', 'charge', 'ship'));
    const { outcome } = await recover(sagaId, older);

    expect(outcome.status).toBe('completed');
    expect(older.calls).toEqual(['act ship']);
  });

  it('is STUCK in a worker that does not know the new name that is recorded, and continues in one that does', async () => {
    const renamedSteps = () => [
      new ScriptedStep('reserve'),
      new ScriptedStep('pay', { aliases: ['charge'] }),
      ...steps('ship'),
    ];
    const sagaId = await leaveBehind('recorded', 'reserve', 'charge');
    const gate = new StepGate();
    const [reserve, pay, ship] = renamedSteps();
    if (reserve === undefined || pay === undefined || ship === undefined) throw new Error('unreachable');
    ship.rescript({ act: [gate.waitsDeaf()] });
    const newer = await cluster.startProcess([scriptedSaga('recorded', [reserve, pay, ship])]);
    await until('the third act', () => gate.held === 1);
    await cluster.crash(newer);
    const older = scriptedSaga('recorded', steps('reserve', 'charge', 'ship'));
    const { process, outcome } = await recover(sagaId, older);

    expect(outcome).toMatchObject({ status: 'stuck', stuck: { reason: 'definition-mismatch' } });
    expect(outcome.stuck?.message).toContain('"pay"');
    expect(older.calls).toEqual([]);

    await cluster.crash(process);
    const newest = scriptedSaga('recorded', renamedSteps());
    const next = await cluster.startProcess([newest]);
    await next.engine.requests.retry(sagaId, 'ada', 'the rollout is through');
    expect((await next.outcome(sagaId)).status).toBe('completed');
    expect(newest.calls).toEqual(['act ship']);
  });
});
