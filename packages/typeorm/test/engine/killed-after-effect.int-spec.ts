import { days } from '@nest-saga/core';
import { checkRun, scriptedSaga, ScriptedStep } from '@nest-saga/testing';
import type { LedgerRow } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';
import { SpawnedWorker } from './spawned-worker.js';
import { workTables } from './worker-messages.js';
import type { WorkerSettings, WorkSaga } from './worker-messages.js';

const reason = 'the customer called';

describe('a process killed with SIGKILL after the effect of an act', () => {
  let cluster: EngineCluster;
  let workers: SpawnedWorker[] = [];

  beforeAll(async () => {
    cluster = await EngineCluster.create();
    await cluster.database.query(workTables);
  });
  afterEach(async () => {
    await Promise.all(workers.map((worker) => worker.kill()));
    workers = [];
  });
  afterAll(() => cluster.close());

  async function spawn(change: Partial<WorkerSettings>): Promise<SpawnedWorker> {
    const worker = await SpawnedWorker.open({
      url: cluster.database.url,
      lease: { leaseDurationMs: 800, renewalIntervalMs: 150, safetyMarginMs: 100 },
      recovery: { intervalMs: 100 },
      ...change,
    });
    workers.push(worker);
    return worker;
  }

  /** A saga whose process is dead: its charge is made, and no entry says so. */
  async function killedAfterCharge(saga: WorkSaga): Promise<string> {
    const victim = await spawn({ holds: true });
    const sagaId = await victim.start({ charge: 'kill-or-throw' }, saga, { deadlineMs: days(1) });
    await victim.until('the death of the process', () => victim.hasExited);
    expect(victim.endedBy).toBe('SIGKILL');
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    expect(await callsOf(sagaId)).toEqual(['act reserve', 'act charge']);
    return sagaId;
  }

  async function untilEnded(sagaId: string): Promise<string> {
    const statusOf = async () => (await cluster.load(sagaId)).header.status;
    await until('the end', async () => ['completed', 'failed'].includes(await statusOf()));
    return statusOf();
  }

  const callsOf = async (sagaId: string): Promise<readonly string[]> => {
    const rows = await cluster.database.query('SELECT what FROM call WHERE saga_id = $1 ORDER BY id', [
      sagaId,
    ]);
    return rows.map(({ what }) => String(what));
  };

  /** The effects of acts that the offline checker finds standing, each call being taken for an effect. */
  async function standing(sagaId: string): Promise<readonly string[]> {
    const ledger = (await callsOf(sagaId)).map((call, index): LedgerRow => {
      const [action = '', step = ''] = call.split(' ');
      return {
        sagaId,
        step,
        action: action as LedgerRow['action'],
        attempt: 1,
        idempotencyKey: `${sagaId}:${step}:${action}`,
        fencingToken: 1,
        process: 'any',
        beganAt: index,
        endedAt: index,
        isEffective: true,
      };
    });
    const violations = checkRun({ acknowledgements: [], ledger, sagas: [await cluster.load(sagaId)] });
    return violations.flatMap(({ rule, detail }) => (rule === 'effect-left-standing' ? [detail] : []));
  }

  it('leaves none if the saga is cancelled then', async () => {
    const sagaId = await killedAfterCharge('work');
    const steps = ['reserve', 'charge', 'ship'].map((id) => new ScriptedStep(id));
    const asking = await cluster.startProcess([scriptedSaga('work', steps)], { worker: false });
    await asking.engine.requests.cancel(sagaId, reason);
    await spawn({});

    expect(await untilEnded(sagaId)).toBe('failed');
    expect((await callsOf(sagaId)).slice(2)).toEqual(['compensate charge', 'compensate reserve']);
    expect(await standing(sagaId)).toEqual([]);
  }, 60_000);

  it('leaves none if the deadline of the saga passes then', async () => {
    const sagaId = await killedAfterCharge('work');
    // By hand and not by time.
    const passed = 'UPDATE saga.saga_execution SET deadline_at = clock_timestamp() WHERE id = $1';
    await cluster.database.query(passed, [sagaId]);
    await spawn({});

    expect(await untilEnded(sagaId)).toBe('failed');
    expect((await callsOf(sagaId)).slice(2)).toEqual(['compensate charge', 'compensate reserve']);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'deadline-passed',
      'compensation-decided',
      'compensation-completed charge',
      'compensation-completed reserve',
    ]);
    expect(await standing(sagaId)).toEqual([]);
  }, 60_000);

  it('leaves none if the repetition fails then', async () => {
    const sagaId = await killedAfterCharge('work');
    await spawn({});

    expect(await untilEnded(sagaId)).toBe('failed');
    expect((await callsOf(sagaId)).slice(2)).toEqual([
      'act charge',
      'compensate charge',
      'compensate reserve',
    ]);
    expect(await standing(sagaId)).toEqual([]);
  }, 60_000);

  it('leaves none if its deadline passes then', async () => {
    const sagaId = await killedAfterCharge('work');
    await cluster.database.query(
      'UPDATE saga.saga_execution SET deadline_at = clock_timestamp() WHERE id = $1',
      [sagaId],
    );
    await spawn({});

    expect(await untilEnded(sagaId)).toBe('failed');
    expect((await cluster.load(sagaId)).header.failure).toMatchObject({ reason: 'deadline' });
    expect((await callsOf(sagaId)).slice(2)).toEqual(['compensate charge', 'compensate reserve']);
    expect(await standing(sagaId)).toEqual([]);
  }, 60_000);

  it('leaves none beside its alternative if a breaker refuses the repetition then', async () => {
    const sagaId = await killedAfterCharge('guarded');
    await spawn({ refuses: true });

    expect(await untilEnded(sagaId)).toBe('completed');
    expect((await callsOf(sagaId)).slice(2)).toEqual(['compensate charge', 'act invoice']);
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'claimed from running',
      'act-failed charge -> undo-first',
      'compensation-completed charge',
      'act-completed invoice',
    ]);
  }, 60_000);
});
