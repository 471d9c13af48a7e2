import type { LoadedSaga } from '@nest-saga/core';
import { changes, scriptedSaga, ScriptedStep, StepGate } from '@nest-saga/testing';
import type { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { EngineCluster } from './engine-cluster.js';

const contextBytes = 100_000;
const context = { document: 'x'.repeat(contextBytes) };
/** Each of them changes the context, so that each entry has one. */
const steps = Array.from({ length: 10 }, (_, index) => {
  const count = changes((changed) => {
    changed['step'] = index;
  });
  return new ScriptedStep(`step-${index}`, { act: [count] });
});

describe('what is read from the database', () => {
  let cluster: EngineCluster;
  let sagaIds: readonly string[];
  let dataSource: DataSource;

  beforeAll(async () => {
    cluster = await EngineCluster.create();
    const running = await cluster.startProcess([saga()]);
    const started = await Promise.all(Array.from({ length: 20 }, () => running.start(context)));
    await Promise.all(started.map((one) => running.outcome(one)));
    sagaIds = started.map(({ sagaId }) => sagaId);
    dataSource = await cluster.database.createDataSource();
  });
  afterAll(() => cluster.close());

  const saga = () => scriptedSaga('order', steps);

  /** How many contexts of each saga come over the connections of a process while it does something. */
  const contextsRead = async (
    act: (reader: Reader, requests: Requests) => Promise<unknown>,
  ): Promise<number> => {
    const process = await cluster.startProcess([saga()], {
      worker: false,
      surround: () => new TypeOrmSagaStorage({ dataSource, hints: false }),
    });
    const { reader, requests } = process.engine;
    await act(reader, requests);
    return measured(() => act(reader, requests));
  };

  const measured = async (act: () => Promise<unknown>): Promise<number> => {
    const before = bytesRead(dataSource);
    await act();
    const bytes = bytesRead(dataSource) - before;
    expect(bytes).toBeGreaterThan(0);
    return bytes / sagaIds.length / contextBytes;
  };

  it('has no context for callers that watch sagas that have ended', async () => {
    const seen: number[] = [];
    const watch = (reader: Reader, sagaId: string) =>
      new Promise<void>((resolve, reject) => {
        const onEnd = () => resolve();
        reader.follow(sagaId, 0, { onResult: ({ seq }) => seen.push(seq), onEnd, onError: reject });
      });
    expect(await contextsRead((reader) => Promise.all(sagaIds.map((id) => watch(reader, id))))).toBeLessThan(
      0.5,
    );
    expect(seen).toHaveLength(2 * steps.length * sagaIds.length);
  });

  it('has no context for callers that ask which saga it is', async () => {
    expect(await contextsRead((reader) => Promise.all(sagaIds.map((id) => reader.started(id))))).toBeLessThan(
      0.5,
    );
  });

  it('is the first and the last context of a saga for callers that ask for its end or its position', async () => {
    const outcomes = (reader: Reader) => Promise.all(sagaIds.map((id) => reader.outcome(id)));
    expect(await contextsRead(outcomes)).toBeLessThan(2.5);
    expect(await contextsRead((reader) => Promise.all(sagaIds.map((id) => reader.find(id))))).toBeLessThan(
      2.5,
    );
  });

  it('is the first and the last context for a request', async () => {
    const refused = (requests: Requests, sagaId: string) =>
      expect(requests.cancel(sagaId, 'too late')).rejects.toMatchObject({ code: 'SAGA_STATUS_REFUSED' });
    const ask = (_reader: Reader, requests: Requests) =>
      Promise.all(sagaIds.map((id) => refused(requests, id)));
    expect(await contextsRead(ask)).toBeLessThan(2.5);
  });

  it('is the first and the last context for a worker that takes the sagas of one that died', async () => {
    const held = scriptedSaga('held', [
      ...steps,
      new ScriptedStep('last', { act: [new StepGate().waits()] }),
    ]);
    const dying = await cluster.startProcess([held], { recovery: { enabled: false } });
    const started = await Promise.all(sagaIds.map(() => dying.start(context)));
    await Promise.all(
      started.map(({ sagaId }) => cluster.untilJournalEndsWith(sagaId, 'act-completed step-9')),
    );
    const { entries } = await cluster.load(started[0]?.sagaId ?? '');
    expect(entries.filter((entry) => 'context' in entry)).toHaveLength(steps.length);
    await cluster.crash(dying);
    const storage = new TypeOrmSagaStorage({ dataSource, hints: false });
    await storage.open();
    await storage.registerWorker('the next one', 600_000);
    const sagas = [{ saga: 'held', version: 1 }];
    await storage.releaseExpired(sagas, 1_000);
    let claimed: readonly LoadedSaga[] = [];
    const contexts = await measured(async () => {
      claimed = await storage.claim({ worker: 'the next one', sagas, limit: 1_000 });
    });
    await storage.close();
    expect(claimed.map(({ entries }) => entries.length)).toEqual(sagaIds.map(() => steps.length + 1));
    expect(contexts).toBeLessThan(2.5);
  });
});

type Engine = Awaited<ReturnType<EngineCluster['startProcess']>>['engine'];
type Reader = Engine['reader'];
type Requests = Engine['requests'];

interface CountedPool {
  readonly _clients: readonly { readonly connection: { readonly stream: { readonly bytesRead: number } } }[];
}

function bytesRead({ driver }: DataSource): number {
  const { master } = driver as unknown as { readonly master: CountedPool };
  return master._clients.reduce((sum, { connection }) => sum + connection.stream.bytesRead, 0);
}
