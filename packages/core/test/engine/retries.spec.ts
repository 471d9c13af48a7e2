import { NonRetryableError, RetryableError } from '@nest-saga/core';
import type { RetryPolicy } from '@nest-saga/core';
import {
  answers,
  changes,
  failing,
  scriptedSaga,
  ScriptedStep,
  SimulatedCluster,
  throws,
} from '@nest-saga/testing';
import type { StepScript } from '@nest-saga/testing';

const busy = new Error('busy');
const steady = { maximumAttempts: 10, initialIntervalMs: 1_000, backoffCoefficient: 2, jitter: 0 };

function retrying(act: readonly StepScript[], retry: Partial<RetryPolicy>) {
  const step = new ScriptedStep('charge', { act, retry });
  const saga = scriptedSaga('order', [step]);
  return { step, saga, cluster: new SimulatedCluster([saga]) };
}

/** How long the saga waited between the attempts, in milliseconds. */
async function waits(cluster: SimulatedCluster, sagaId: string): Promise<readonly number[]> {
  const { entries } = await cluster.load(sagaId);
  const starts = entries.flatMap((entry) => ('startedAt' in entry ? [entry.startedAt.getTime()] : []));
  return starts.slice(1).map((start, index) => start - (starts[index] ?? 0));
}

describe('a failed act', () => {
  it('fails the saga at once by default', async () => {
    const { saga, cluster } = retrying([...failing(1, busy), answers()], {});
    expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
    expect(saga.calls).toEqual(['act charge']);
  });

  it('is tried again as often as its policy says, and the saga continues if it works', async () => {
    const { step, cluster } = retrying([...failing(2, busy), answers('paid')], steady);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome.status).toBe('completed');
    expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(new Set(step.calls.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(1);
    expect(await cluster.journalOf(outcome.sagaId)).toEqual([
      'act-failed charge -> retry',
      'act-failed charge #2 -> retry',
      'act-completed charge #3',
    ]);
  });

  it('fails the saga when its attempts are used up', async () => {
    const { saga, cluster } = retrying([throws(busy)], { ...steady, maximumAttempts: 3 });
    const outcome = await cluster.run(await cluster.startProcess());
    expect(outcome).toMatchObject({ status: 'failed', cause: busy });
    expect(saga.calls).toEqual(['act charge', 'act charge #2', 'act charge #3']);
  });

  it('waits longer each time, up to the cap', async () => {
    const { cluster } = retrying([...failing(5, busy), answers()], { ...steady, maximumIntervalMs: 5_000 });
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(await waits(cluster, sagaId)).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
  });

  it('waits shorter by the random share of its delay, so that sagas do not come back together', async () => {
    const { cluster } = retrying([...failing(2, busy), answers()], { ...steady, jitter: 0.5 });
    const process = await cluster.startProcess();
    process.ids.nextRandom = 0.5;
    const { sagaId } = await cluster.run(process);
    expect(await waits(cluster, sagaId)).toEqual([750, 1_500]);
  });

  it('records when the next attempt may start, before it waits', async () => {
    const { cluster } = retrying([throws(busy)], steady);
    const process = await cluster.startProcess();
    const { sagaId } = await process.start();
    await cluster.advance(500);
    const [failed] = (await cluster.load(sagaId)).entries;
    expect(failed).toMatchObject({ next: 'retry', retryAt: new Date(cluster.clock.now() + 500) });
  });

  it('loses what it changed in the context before each further attempt', async () => {
    const spoils: StepScript = (context) => {
      context['half'] = 'done';
      throw busy;
    };
    const { step, cluster } = retrying([spoils, changes((context) => void (context['paid'] = true))], steady);
    const outcome = await cluster.run(await cluster.startProcess());
    expect(step.calls.map(({ context }) => context)).toEqual([{}, {}]);
    expect(outcome.context).toEqual({ paid: true });
  });

  it('is not tried again after a NonRetryableError', async () => {
    const { saga, cluster } = retrying([throws(new NonRetryableError('no such card'))], steady);
    expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
    expect(saga.calls).toEqual(['act charge']);
  });

  it.each([
    ['class', [TypeError]],
    ['code', ['E_DECLINED']],
    ['name', ['TypeError']],
  ])(
    'is not tried again after an error that the policy names by its %s',
    async (_name, nonRetryableErrors) => {
      const declined = Object.assign(new TypeError('declined'), { code: 'E_DECLINED' });
      const { saga, cluster } = retrying([...failing(1, busy), throws(declined)], {
        ...steady,
        nonRetryableErrors,
      });
      expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
      expect(saga.calls).toEqual(['act charge', 'act charge #2']);
    },
  );

  it('waits as long as a RetryableError asks for, in place of the policy', async () => {
    const asked = new RetryableError('too many requests', { retryAfterMs: 7_500 });
    const { cluster } = retrying([...failing(1, asked), ...failing(1, busy), answers()], steady);
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(await waits(cluster, sagaId)).toEqual([7_500, 2_000]);
  });

  it('is tried no more often because a RetryableError asks for it', async () => {
    const { saga, cluster } = retrying([throws(new RetryableError('again', { retryAfterMs: 1 }))], {
      ...steady,
      maximumAttempts: 2,
    });
    expect((await cluster.run(await cluster.startProcess())).status).toBe('failed');
    expect(saga.calls).toHaveLength(2);
  });

  it('takes the delay of the policy if a RetryableError asks for nonsense', async () => {
    const asked = new RetryableError('again', { retryAfterMs: Number.NaN });
    const { cluster } = retrying([...failing(1, asked), answers()], steady);
    const { sagaId } = await cluster.run(await cluster.startProcess());
    expect(await waits(cluster, sagaId)).toEqual([1_000]);
  });
});

describe('a wait between attempts', () => {
  it('continues in another process after a crash, with the attempts counted on', async () => {
    const { step, cluster } = retrying([...failing(2, busy), answers()], {
      ...steady,
      maximumAttempts: 3,
      initialIntervalMs: 60_000,
      maximumIntervalMs: 600_000,
    });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(1_000);
    first.kill();
    const outcome = await cluster.resolve(second.outcome(sagaId));
    expect(outcome.status).toBe('completed');
    expect(step.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(await waits(cluster, sagaId)).toEqual([60_000, 120_000]);
  });

  it('does not reset the attempts at a crash: the last one is the last one', async () => {
    const { saga, cluster } = retrying([throws(busy)], {
      ...steady,
      maximumAttempts: 2,
      initialIntervalMs: 60_000,
    });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(1_000);
    first.kill();
    expect((await cluster.resolve(second.outcome(sagaId))).status).toBe('failed');
    expect(saga.calls).toEqual(['act charge', 'act charge #2']);
  });

  it('is not cut short by a wall clock that jumps back and comes right again', async () => {
    const { saga, cluster } = retrying([...failing(1, busy), answers()], {
      ...steady,
      initialIntervalMs: 10_000,
    });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_000);
    cluster.clock.jumpWallClock(-5_000);
    await cluster.advance(8_500);
    cluster.clock.jumpWallClock(5_000);
    expect(saga.calls).toHaveLength(1);
    await cluster.resolve(process.outcome(started), 10_000);
    expect(saga.calls).toHaveLength(2);
  });

  it('is cut short by a cancel', async () => {
    const { saga, cluster } = retrying([throws(busy)], {
      ...steady,
      initialIntervalMs: 3_600_000,
      maximumIntervalMs: 3_600_000,
    });
    const process = await cluster.startProcess();
    const started = await process.start();
    await cluster.advance(1_000);
    await process.engine.requests.cancel(started.sagaId, 'the customer called');
    const outcome = await cluster.resolve(process.outcome(started), 5_000);
    expect(outcome).toMatchObject({ status: 'failed', failure: { reason: 'cancelled' } });
    expect(saga.calls).toEqual(['act charge']);
  });

  it('is cut short by a shutdown, and continues in another process until it is due', async () => {
    const { saga, cluster } = retrying([...failing(1, busy), answers()], {
      ...steady,
      initialIntervalMs: 60_000,
    });
    const [first, second] = [await cluster.startProcess(), await cluster.startProcess()];
    const { sagaId } = await first.start();
    await cluster.advance(1_000);
    await cluster.resolve(first.engine.close(), 1_000);
    await cluster.advance(50_000);
    expect(saga.calls).toEqual(['act charge']);
    await cluster.resolve(second.outcome(sagaId));
    expect(saga.calls).toEqual(['act charge', 'act charge #2']);
    expect(await waits(cluster, sagaId)).toEqual([60_000]);
  });
});
