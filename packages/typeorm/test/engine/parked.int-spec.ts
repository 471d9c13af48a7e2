import { RetryableError } from '@nest-saga/core';
import { answers, scriptedSaga, ScriptedStep, throws } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const hourMs = 3_600_000;
const closedFor = (retryAfterMs: number) => throws(new RetryableError('closed', { retryAfterMs }));
const retry = { maximumAttempts: 3 };

describe('sagas in a long wait', () => {
  let cluster: EngineCluster;

  beforeEach(async () => {
    cluster = await EngineCluster.create();
  });
  afterEach(() => cluster.close());

  const waitingHere = async (): Promise<number> => {
    const [row] = await cluster.database.query(
      "SELECT count(*)::integer AS count FROM saga.saga_execution WHERE waiting = 'retry:call' AND owner IS NULL",
    );
    return Number(row?.['count']);
  };

  it('1,000 sagas in a long wait stop neither starts nor the queue nor recovery', async () => {
    const partner = scriptedSaga('partner', [new ScriptedStep('call', { act: [closedFor(hourMs)], retry })]);
    const healthy = scriptedSaga('healthy', [new ScriptedStep('work')]);
    const left = new ScriptedStep('work', { act: [() => new Promise(() => undefined), answers()] });
    const orphaned = scriptedSaga('orphaned', [left]);
    const options = { concurrency: 50, recovery: { concurrency: 20 } };
    const process = await cluster.startProcess([partner, healthy, orphaned], options);
    const dying = await cluster.startProcess([orphaned], { recovery: { enabled: false } });
    await Promise.all(Array.from({ length: 500 }, () => process.start()));
    await Promise.all(Array.from({ length: 500 }, () => process.enqueue()));
    await until('the wait of all', async () => (await waitingHere()) === 1_000);

    const started = await process.start({}, { saga: 'healthy' });
    const queued = await process.enqueue({}, { saga: 'healthy' });
    const orphan = await dying.start();
    await until('the step', () => Promise.resolve(left.calls.length > 0));
    await cluster.crash(dying);

    const outcomes = await Promise.all([started, queued, orphan].map((one) => process.outcome(one.sagaId)));
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    expect(await waitingHere()).toBe(1_000);
  });

  it('a saga that only waits survives any number of deaths of processes around it', async () => {
    const call = new ScriptedStep('call', { act: [closedFor(2_000), answers()], retry });
    const sagas = [scriptedSaga('partner', [call], { maximumRecoveryAttempts: 0 })];
    const starter = await cluster.startProcess(sagas, { parkAboveMs: 1_000 });
    const { sagaId } = await starter.start();
    await cluster.untilJournalEndsWith(sagaId, 'act-failed call -> retry');
    await cluster.crash(starter);
    for (let deaths = 0; deaths < 5; deaths++) await cluster.crash(await cluster.startProcess(sagas));

    const last = await cluster.startProcess(sagas);
    expect((await last.outcome(sagaId)).status).toBe('completed');
    expect((await cluster.load(sagaId)).entries).toMatchObject([
      { kind: 'act-failed', park: { for: 'retry', name: 'call', dueInMs: 2_000 } },
      { kind: 'claimed', from: 'running', parked: true },
      { kind: 'act-completed', attempt: 2 },
    ]);
  });

  it('a cancel wakes a saga that waits, from a process that runs none', async () => {
    const call = new ScriptedStep('call', { act: [closedFor(hourMs)], retry });
    const sagas = [scriptedSaga('partner', [new ScriptedStep('reserve'), call])];
    const owner = await cluster.startProcess(sagas);
    const asking = await cluster.startProcess(sagas, { worker: false });
    const { sagaId } = await owner.start();
    await until('the wait', async () => (await waitingHere()) === 1);

    await asking.engine.requests.cancel(sagaId, 'the customer called');

    expect((await asking.outcome(sagaId)).status).toBe('failed');
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-completed reserve',
      'act-failed call -> retry',
      'cancel-requested',
      'claimed from running',
      'compensation-decided',
      'compensation-completed reserve',
    ]);
  });

  it('a saga whose long wait no entry parked is parked by the process that claims it, until its time', async () => {
    const call = new ScriptedStep('call', { act: [closedFor(hourMs), answers()], retry });
    const sagas = [scriptedSaga('partner', [call], { maximumRecoveryAttempts: 0 })];
    const holding = await cluster.startProcess(sagas, { parkAboveMs: 24 * hourMs });
    const { sagaId } = await holding.start();
    await cluster.untilJournalEndsWith(sagaId, 'act-failed call -> retry');
    expect(await waitingHere()).toBe(0);
    await cluster.crash(holding);

    const process = await cluster.startProcess(sagas);
    await cluster.untilJournalEndsWith(sagaId, 'parked at call');
    expect(await waitingHere()).toBe(1);
    const { header, entries } = await cluster.load(sagaId);
    const nextRunAt = new Date((entries[0]?.recordedAt.getTime() ?? 0) + hourMs);
    expect(header.nextRunAt).toEqual(nextRunAt);
    expect(entries.at(-1)).toMatchObject({ park: { for: 'retry', name: 'call', nextRunAt } });

    await cluster.database.query('UPDATE saga.saga_execution SET next_run_at = clock_timestamp()');
    expect((await process.outcome(sagaId)).status).toBe('completed');
    expect(await cluster.journalOf(sagaId)).toEqual([
      'act-failed call -> retry',
      'claimed from running',
      'parked at call',
      'claimed from running',
      'act-completed call #2',
    ]);
  });
});
