import { approval, days, hours, minutes } from '@nest-saga/core';
import type { ApprovalOptions } from '@nest-saga/core/engine';
import { scriptedSaga, ScriptedStep, SimulatedCluster } from '@nest-saga/testing';

interface Refund {
  readonly cents: number;
  readonly by: string;
}

const words: ApprovalOptions<Refund> = {
  title: ({ cents }) => `Refund ${cents / 100}`,
  notBy: ({ by }) => by,
};

function asking(name: string, id: string, options: ApprovalOptions<Refund>, saga: object = {}) {
  return scriptedSaga(
    name,
    [new ScriptedStep(`${name}-check`), approval<Refund>(id, options), new ScriptedStep(`${name}-pay`)],
    saga,
  );
}

async function clusterOf(...sagas: readonly ReturnType<typeof asking>[]) {
  const cluster = new SimulatedCluster(sagas);
  const process = await cluster.startProcess({ recovery: { intervalMs: days(1) } });
  const start = async (saga: string, key?: string) => {
    const started = await process.start({ cents: 5_000, by: 'bob' }, { saga, ...(key && { key }) });
    await cluster.advance(minutes(1));
    return started.sagaId;
  };
  return { cluster, process, start, approvals: process.engine.approvals };
}

describe('the list of approvals', () => {
  it('says what is to be decided, who must not and who may, since when and until when the saga waits', async () => {
    const { cluster, start, approvals } = await clusterOf(
      asking('refund', 'big-refund', { ...words, roles: ['finance'], timeoutMs: hours(2) }),
    );
    const since = new Date(cluster.clock.now());
    const sagaId = await start('refund', 'A-1');
    expect(await approvals.list({ limit: 10 })).toEqual({
      approvals: [
        {
          sagaId,
          saga: 'refund',
          version: 1,
          key: 'A-1',
          step: 'big-refund',
          title: 'Refund 50',
          notBy: 'bob',
          roles: ['finance'],
          since,
          until: new Date(since.getTime() + hours(2)),
        },
      ],
      nextCursor: undefined,
    });
  });

  it('says that a saga waits until its deadline, or without an end', async () => {
    const { cluster, start, approvals } = await clusterOf(
      asking('limited', 'a', { timeoutMs: hours(5) }, { deadlineMs: hours(1) }),
      asking('endless', 'b', {}),
    );
    const since = cluster.clock.now();
    await start('limited');
    await start('endless');
    const { approvals: listed } = await approvals.list({ limit: 10 });
    expect(listed.map(({ until }) => until)).toEqual([new Date(since + hours(1)), undefined]);
    expect(listed[1]).toMatchObject({ title: undefined, notBy: undefined, roles: undefined });
  });

  it('narrows to a saga, and to what a role may decide', async () => {
    const { start, approvals } = await clusterOf(
      asking('refund', 'a-refund', { roles: ['finance', 'board'] }),
      asking('hire', 'b-hire', { roles: ['people'] }),
      asking('open', 'c-open', {}),
    );
    for (const saga of ['open', 'hire', 'refund']) await start(saga);
    const sagasOf = async (query: { readonly saga?: string; readonly role?: string }) =>
      (await approvals.list({ limit: 10, ...query })).approvals.map(({ saga }) => saga);
    expect(await sagasOf({})).toEqual(['refund', 'hire', 'open']);
    expect(await sagasOf({ saga: 'hire' })).toEqual(['hire']);
    expect(await sagasOf({ role: 'board' })).toEqual(['refund', 'open']);
    expect(await sagasOf({ role: 'guest' })).toEqual(['open']);
    expect(await sagasOf({ role: 'board', saga: 'hire' })).toEqual([]);
  });

  it('lists nothing for a role in a process whose sagas have no approval', async () => {
    const { cluster, start } = await clusterOf(asking('refund', 'ask', { roles: ['finance'] }));
    await start('refund');
    const other = await cluster.startProcess({
      sagas: [scriptedSaga('other', [new ScriptedStep('work')])],
      worker: false,
    });
    expect(await other.engine.approvals.list({ role: 'finance', limit: 10 })).toEqual({
      approvals: [],
      nextCursor: undefined,
    });
    const { approvals } = await other.engine.approvals.list({ limit: 10 });
    expect(approvals).toMatchObject([{ saga: 'refund', step: 'ask', roles: undefined }]);
  });

  it('leaves out what is decided, also before a worker continues the saga', async () => {
    const { cluster, process, start, approvals } = await clusterOf(asking('refund', 'ask', {}));
    const [first, second] = [await start('refund'), await start('refund')];
    const asks = await cluster.startProcess({ worker: false });
    process.kill();
    await asks.engine.requests.decide(first, 'ask', { decision: 'approved', actor: 'ada' });
    expect((await cluster.load(first)).header.waiting).toMatchObject({ for: 'approval' });
    const { approvals: listed } = await asks.engine.approvals.list({ limit: 10 });
    expect(listed.map(({ sagaId }) => sagaId)).toEqual([second]);
    expect(approvals).toBeDefined();
  });

  it('lists a page at a time, each saga once', async () => {
    const { start, approvals } = await clusterOf(asking('refund', 'b-ask', {}), asking('hire', 'a-ask', {}));
    const ids = [await start('hire')];
    for (let count = 0; count < 4; count++) ids.push(await start('refund'));
    const found: string[] = [];
    for (let cursor: string | undefined, pages = 0; pages === 0 || cursor !== undefined; pages++) {
      const page = await approvals.list({ limit: 2, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.approvals.map(({ sagaId }) => sagaId));
      cursor = page.nextCursor;
    }
    expect(found).toEqual(ids);
  });
});
