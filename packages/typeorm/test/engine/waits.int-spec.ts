import { approval, delay, hours, sagaSignal, waitFor } from '@nest-saga/core';
import type { DeclaredWait, WaitStart } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep } from '@nest-saga/testing';
import { until } from '../until.js';
import { EngineCluster } from './engine-cluster.js';

const paid = sagaSignal('paid');
const step = (id: string): ScriptedStep => new ScriptedStep(id);
const order = (wait: DeclaredWait, options: object = {}) =>
  scriptedSaga('order', [step('reserve'), wait, step('ship')], options);

describe('waits in PostgreSQL', () => {
  let cluster: EngineCluster;

  beforeEach(async () => {
    cluster = await EngineCluster.create();
  });
  afterEach(() => cluster.close());

  const untilParked = (sagaId: string): Promise<void> =>
    until('the park', async () => (await cluster.load(sagaId)).header.waiting !== undefined);

  it.each([
    ['ahead', hours(1)],
    ['behind', -hours(1)],
  ])('end by the clock of the server if that of the process is an hour %s', async (_which, clockAheadMs) => {
    const waitMs = 700;
    const sagas = [
      order(delay('pause', waitMs)),
      scriptedSaga('until', [delay('pause', () => new Date(Date.now() + waitMs)), step('ship-2')]),
      scriptedSaga('limit', [waitFor('pause', [paid], { timeoutMs: waitMs, onTimeout: 'continue' })]),
    ];
    const process = await cluster.startProcess(sagas, { clockAheadMs, parkAboveMs: 0 });
    const started = await Promise.all([
      process.start({}, { delayMs: waitMs }),
      process.start({}, { saga: 'until' }),
      process.start({}, { saga: 'limit' }),
    ]);
    const outcomes = await Promise.all(started.map((one) => process.outcome(one)));
    expect(outcomes.map(({ status }) => status)).toEqual(['completed', 'completed', 'completed']);
    for (const { sagaId } of started) {
      const { entries } = await cluster.load(sagaId);
      for (const [index, entry] of entries.entries()) {
        const { park } = entry as Partial<WaitStart>;
        if (park === undefined) continue;
        const dueAt = park.nextRunAt?.getTime() ?? entry.recordedAt.getTime() + (park.dueInMs ?? 0);
        expect(entries[index + 1]).toMatchObject({ kind: 'claimed', parked: true });
        expect(entries[index + 1]?.recordedAt.getTime()).toBeGreaterThanOrEqual(dueAt);
      }
    }
  });

  it('take a signal from another process that does not have the saga, by its key', async () => {
    const saga = order(waitFor('payment', [paid]));
    const owner = await cluster.startProcess([saga]);
    const sender = await cluster.startProcess([scriptedSaga('other', [step('work')])], { worker: false });
    const started = await owner.start({}, { key: 'A-1' });
    await untilParked(started.sagaId);

    await sender.engine.requests.signal({ saga: 'order', key: 'A-1' }, paid);

    expect((await owner.outcome(started)).status).toBe('completed');
    expect(await cluster.journalOf(started.sagaId)).toEqual([
      'act-completed reserve',
      'signal-received paid',
      'claimed from running',
      'wait-ended payment signal',
      'act-completed ship',
    ]);
  });

  it('take a signal that came in an outage of all workers, though their time has passed since', async () => {
    const saga = order(waitFor('payment', [paid], { timeoutMs: 400 }));
    const first = await cluster.startProcess([saga], { parkAboveMs: 0 });
    const { sagaId } = await first.start();
    await untilParked(sagaId);
    await cluster.crash(first);
    const { nextRunAt } = (await cluster.load(sagaId)).header;
    const sender = await cluster.startProcess([saga], { worker: false });
    await sender.engine.requests.signal(sagaId, paid);
    await until('the end of its time', async () => {
      const [row] = await cluster.database.query('SELECT clock_timestamp() > $1 AS over', [nextRunAt]);
      return row?.['over'] === true;
    });

    const second = await cluster.startProcess([saga]);

    expect((await second.outcome(sagaId)).status).toBe('completed');
    expect(saga.calls).toEqual(['act reserve', 'act ship']);
  });

  it('take one decision of two people who decide at once in two processes; the other learns who was first', async () => {
    const saga = order(approval('refund', { title: () => 'Refund 50', roles: ['finance'] }));
    const [one, other] = [await cluster.startProcess([saga]), await cluster.startProcess([saga])];
    const started = await one.start();
    await untilParked(started.sagaId);
    expect(await other.engine.approvals.list({ limit: 10, role: 'finance' })).toMatchObject({
      approvals: [{ sagaId: started.sagaId, step: 'refund', title: 'Refund 50', until: undefined }],
    });
    const decide = (process: typeof one, actor: string) =>
      process.engine.requests.decide(started.sagaId, 'refund', {
        decision: 'approved',
        actor,
        roles: ['finance'],
      });

    const answers = await Promise.allSettled([decide(one, 'ada'), decide(other, 'bea')]);

    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(1);
    expect(refused[0]?.reason).toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
      message: expect.stringMatching(/approved by (ada|bea) already/) as unknown,
    });
    expect((await one.outcome(started)).status).toBe('completed');
    const journal = await cluster.journalOf(started.sagaId);
    expect(journal.filter((entry) => entry === 'approved refund')).toHaveLength(1);
    expect((await one.engine.approvals.list({ limit: 10 })).approvals).toEqual([]);
  });

  it('last through a shutdown and a deployment, and continue with the steps after them', async () => {
    const first = await cluster.startProcess([order(waitFor('payment', [paid]))]);
    const { sagaId } = await first.start();
    await untilParked(sagaId);
    await cluster.stop(first);
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed reserve']);
    const steps = [step('reserve'), waitFor('payment', [paid]), step('pack'), step('ship')];
    const deployed = scriptedSaga('order', steps);
    const second = await cluster.startProcess([deployed]);

    await second.engine.requests.signal(sagaId, paid);

    expect((await second.outcome(sagaId)).status).toBe('completed');
    expect(deployed.calls).toEqual(['act pack', 'act ship']);
  });

  it('that end by a signal and at a deadline at the same moment have one outcome, by the order of the journal', async () => {
    const saga = scriptedSaga('order', [step('reserve'), waitFor('payment', [paid])], { deadlineMs: 1_000 });
    const process = await cluster.startProcess([saga], { parkAboveMs: 0 });
    const sender = await cluster.startProcess([saga], { worker: false });
    const started = await Promise.all(Array.from({ length: 40 }, () => process.start()));
    const outcomes = Promise.all(started.map((one) => process.outcome(one)));
    const [{ sagaId: first } = { sagaId: '' }] = started;
    await until('the first deadline', async () => {
      const [row] = await cluster.database.query(
        "SELECT clock_timestamp() > deadline_at - interval '20 ms' AS near FROM saga.saga_execution WHERE id = $1",
        [first],
      );
      return row?.['near'] === true;
    });
    // A saga that is being undone refuses it.
    for (const { sagaId } of started) void sender.engine.requests.signal(sagaId, paid).catch(() => undefined);

    for (const { sagaId, status } of await outcomes) {
      const journal = await cluster.journalOf(sagaId);
      const [signal, deadline] = [
        journal.indexOf('signal-received paid'),
        journal.indexOf('deadline-passed'),
      ];
      const isSignalFirst = signal >= 0 && (deadline < 0 || signal < deadline);
      expect([status, journal.includes('wait-ended payment signal')]).toEqual(
        isSignalFirst ? ['completed', true] : ['failed', false],
      );
    }
  });
});
