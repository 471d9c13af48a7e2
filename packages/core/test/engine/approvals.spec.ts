import { approval, minutes } from '@nest-saga/core';
import type { ApprovalOptions } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

const longMs = minutes(2);

interface Refund {
  readonly cents: number;
  readonly by: string;
}

async function asking(options: ApprovalOptions<Refund> = {}) {
  const saga = scriptedSaga('refund', [
    new ScriptedStep('check'),
    approval<Refund>('big-refund', options),
    new ScriptedStep('pay'),
  ]);
  const cluster = new SimulatedCluster([saga]);
  const process = await cluster.startProcess({ recovery: { intervalMs: 10 * longMs } });
  const started = await process.start({ cents: 5_000, by: 'bob' });
  await cluster.advance(0);
  return { saga, cluster, process, started, sagaId: started.sagaId, requests: process.engine.requests };
}

describe('a saga that asks a person', () => {
  it('waits without an owner, and the entry that leads there says what is asked and who must not decide', async () => {
    const { cluster, sagaId } = await asking({
      title: ({ cents }) => `Refund ${cents / 100}`,
      notBy: ({ by }) => by,
    });
    expect(await cluster.memory.find(sagaId)).toMatchObject({
      owner: undefined,
      waiting: { for: 'approval', name: 'big-refund' },
    });
    expect((await cluster.load(sagaId)).entries).toMatchObject([
      { kind: 'act-completed', park: { for: 'approval' }, title: 'Refund 50', notBy: 'bob' },
    ]);
  });

  it('continues once it is approved, with the actor in the journal', async () => {
    const { saga, cluster, process, started, sagaId, requests } = await asking();
    await requests.decide(sagaId, 'big-refund', { decision: 'approved', actor: 'ada', note: 'fine' });
    await cluster.advance(0);
    expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
    expect(saga.calls).toEqual(['act check', 'act pay']);
    expect((await cluster.load(sagaId)).entries[1]).toMatchObject({
      kind: 'signal-received',
      decision: 'approved',
      actor: 'ada',
      note: 'fine',
      worker: undefined,
    });
  });

  it('is undone if it is rejected, and fails with who did it', async () => {
    const { saga, cluster, process, started, sagaId, requests } = await asking();
    await requests.decide(sagaId, 'big-refund', { decision: 'rejected', actor: 'ada', note: 'too much' });
    await cluster.advance(0);
    const { status, failure } = await cluster.resolve(process.outcome(started), 0);
    expect({ status, failure }).toMatchObject({
      status: 'failed',
      failure: { step: 'big-refund', code: 'SAGA_APPROVAL_REJECTED' },
    });
    expect(failure?.message).toContain('rejected by ada (too much)');
    expect(saga.calls).toEqual(['act check', 'compensate check']);
  });

  it('continues after a rejection, or without a decision in time, if it says so', async () => {
    const rejected = await asking({ onReject: 'continue' });
    await rejected.requests.decide(rejected.sagaId, 'big-refund', { decision: 'rejected', actor: 'ada' });
    await rejected.cluster.advance(0);
    const late = await asking({ timeoutMs: longMs, onTimeout: 'continue' });
    await late.cluster.advance(longMs + 10);
    for (const { cluster, process, started } of [rejected, late])
      expect((await cluster.resolve(process.outcome(started), 0)).status).toBe('completed');
  });

  it('is undone without a decision in time', async () => {
    const { cluster, process, started } = await asking({ timeoutMs: longMs });
    await cluster.advance(longMs + 10);
    expect(await cluster.resolve(process.outcome(started), 0)).toMatchObject({
      status: 'failed',
      failure: { code: 'SAGA_WAIT_TIMED_OUT' },
    });
  });

  it('takes one decision of two people who decide at once, and says to the other who was first', async () => {
    const { cluster, sagaId, requests } = await asking();
    const answers = await cluster.resolve(
      Promise.allSettled(
        ['ada', 'bea'].map((actor) =>
          requests.decide(sagaId, 'big-refund', {
            decision: actor === 'ada' ? 'approved' : 'rejected',
            actor,
          }),
        ),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    const [refused] = answers.filter((answer) => answer.status === 'rejected');
    expect(refused?.reason).toMatchObject({
      code: 'SAGA_STATUS_REFUSED',
      message: expect.stringMatching(/was (approved by ada|rejected by bea) already/) as unknown,
    });
    const journal = await cluster.journalOf(sagaId);
    expect(journal.filter((entry) => entry.endsWith(' big-refund'))).toHaveLength(1);
  });

  it('is not decided by the one who asked, nor by one who has none of its roles', async () => {
    const { cluster, sagaId, requests } = await asking({
      roles: ['finance', 'board'],
      notBy: ({ by }) => by,
    });
    const decide = (actor: string, roles?: readonly string[]) =>
      requests.decide(sagaId, 'big-refund', { decision: 'approved', actor, ...(roles && { roles }) });
    for (const forbidden of [decide('bob', ['finance']), decide('eve'), decide('eve', ['sales'])])
      await expect(forbidden).rejects.toMatchObject({ code: 'SAGA_APPROVAL_FORBIDDEN' });
    expect(await cluster.journalOf(sagaId)).toEqual(['act-completed check']);
    await decide('ada', ['sales', 'board']);
    expect(await cluster.journalOf(sagaId)).toContain('approved big-refund');
  });

  it('takes no decision before it asks, after it has ended, or about something else', async () => {
    const { cluster, process, started, sagaId, requests } = await asking();
    const refusal = { code: 'SAGA_STATUS_REFUSED' };
    const approve = (step: string) => requests.decide(sagaId, step, { decision: 'approved', actor: 'ada' });
    await expect(approve('small-refund')).rejects.toMatchObject(refusal);
    await approve('big-refund');
    await cluster.resolve(process.outcome(started), 100);
    await expect(approve('big-refund')).rejects.toThrow('approved by ada already');
    const later = await process.start({ cents: 1, by: 'bob' }, { delayMs: longMs });
    const early = requests.decide(later.sagaId, 'big-refund', { decision: 'approved', actor: 'ada' });
    await expect(early).rejects.toMatchObject(refusal);
  });

  it.each([
    [{ decision: 'maybe', actor: 'ada' }, 'decision'],
    [{ decision: 'approved' }, 'actor'],
    [{ decision: 'approved', actor: 'ada', roles: 'finance' }, 'roles'],
    [{ decision: 'approved', actor: 'ada', notes: 'x' }, 'decision.notes'],
  ])('refuses %j, and says what is wrong with it', async (decision, argument) => {
    const { sagaId, requests } = await asking();
    await expect(requests.decide(sagaId, 'big-refund', decision as never)).rejects.toMatchObject({
      code: 'SAGA_INVALID_ARGUMENT',
      argument,
    });
  });
});
