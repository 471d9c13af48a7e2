import { scriptedSaga, ScriptedStep } from '@nest-saga/testing';
import type { DataSource } from 'typeorm';
import { TypeOrmSagaStorage } from '../../src/typeorm-saga-storage.js';
import { EngineCluster } from './engine-cluster.js';

const contextBytes = 100_000;
const context = { document: 'x'.repeat(contextBytes) };
const steps = Array.from({ length: 10 }, (_, index) => new ScriptedStep(`step-${index}`));

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
  const contextsRead = async (act: (reader: Reader) => Promise<unknown>): Promise<number> => {
    const process = await cluster.startProcess([saga()], {
      worker: false,
      surround: () => new TypeOrmSagaStorage({ dataSource, hints: false }),
    });
    await act(process.engine.reader);
    const before = bytesRead(dataSource);
    await act(process.engine.reader);
    const bytes = bytesRead(dataSource) - before;
    expect(bytes).toBeGreaterThan(0);
    return bytes / sagaIds.length / contextBytes;
  };

  it('is no context for those who watch sagas that have ended', async () => {
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

  it('is no context for those who ask which saga it is', async () => {
    expect(await contextsRead((reader) => Promise.all(sagaIds.map((id) => reader.started(id))))).toBeLessThan(
      0.5,
    );
  });

  it('is the first and the last context of a saga for those who ask how it ended, or where it stands', async () => {
    const outcomes = (reader: Reader) => Promise.all(sagaIds.map((id) => reader.outcome(id)));
    expect(await contextsRead(outcomes)).toBeLessThan(2.5);
    expect(await contextsRead((reader) => Promise.all(sagaIds.map((id) => reader.find(id))))).toBeLessThan(
      2.5,
    );
  });
});

type Reader = Awaited<ReturnType<EngineCluster['startProcess']>>['engine']['reader'];

interface CountedPool {
  readonly _clients: readonly { readonly connection: { readonly stream: { readonly bytesRead: number } } }[];
}

function bytesRead({ driver }: DataSource): number {
  const { master } = driver as unknown as { readonly master: CountedPool };
  return master._clients.reduce((sum, { connection }) => sum + connection.stream.bytesRead, 0);
}
