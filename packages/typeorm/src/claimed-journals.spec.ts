import { SagaStorageError } from '@nest-saga/core';
import type { SagaHeader, WriteOutcome } from '@nest-saga/core';
import { ClaimedJournals } from './claimed-journals.js';
import { PostgresError } from './database/classify-error.js';
import { DeadlineError } from './database/deadline-error.js';
import type { Row } from './database/statement.js';
import type { TakenSaga } from './repositories/saga-execution.repository.js';

const megabyte = 1_000_000;

/** A database with these journals, some of which make the statement fail that reads them. */
class Journals {
  readonly statements: (readonly string[])[] = [];

  constructor(
    private readonly failures: Readonly<Record<string, SagaStorageError>> = {},
    private readonly kinds: Readonly<Record<string, string>> = {},
  ) {}

  async readClaimed(claims: readonly { readonly sagaId: string }[]): Promise<readonly Row[]> {
    const sagaIds = claims.map(({ sagaId }) => sagaId);
    this.statements.push(sagaIds);
    for (const sagaId of sagaIds) {
      const failure = this.failures[sagaId];
      if (failure !== undefined) throw failure;
    }
    return sagaIds.map((sagaId) => ({
      saga_id: sagaId,
      seq: '1',
      kind: this.kinds[sagaId] ?? 'claimed',
      detail: '{"from":"pending"}',
      recorded_at: '1767225600123',
    }));
  }

  async read(...taken: readonly TakenSaga[]) {
    const { loaded, unreadable } = await new ClaimedJournals(this).read(taken);
    return {
      loaded: loaded.map(({ header }) => header.sagaId),
      unreadable: unreadable.map(({ taken: { header } }) => header.sagaId),
    };
  }
}

function taken(sagaId: string, journalBytes = 0): TakenSaga {
  return { header: { sagaId } as SagaHeader, claimSeq: 1, journalBytes };
}

function failedWith(sqlState: string, outcome: WriteOutcome = 'not-written'): SagaStorageError {
  return new SagaStorageError('claim', outcome, { cause: new PostgresError('no', sqlState, undefined) });
}

const hung = new SagaStorageError('claim', 'unknown', { cause: new DeadlineError('too late') });
const disconnected = new SagaStorageError('claim', 'unknown', { cause: new Error('ECONNRESET') });
const corrupted = failedWith('XX001', 'unknown');

describe('the journals of a claim', () => {
  it('are read in one statement while they are small', async () => {
    const journals = new Journals();
    expect(await journals.read(taken('a'), taken('b'), taken('c'))).toEqual({
      loaded: ['a', 'b', 'c'],
      unreadable: [],
    });
    expect(journals.statements).toEqual([['a', 'b', 'c']]);
  });

  it('are read in several where they are large, and the largest by itself', async () => {
    const journals = new Journals();
    const sizes = { a: 2, b: 1.5, c: 1, d: 90, e: 0, f: 3 };
    await journals.read(...Object.entries(sizes).map(([sagaId, size]) => taken(sagaId, size * megabyte)));
    expect(journals.statements).toEqual([['a', 'b'], ['c'], ['d'], ['e', 'f']]);
  });

  it('are read one by one where the server refuses to read them together', async () => {
    const journals = new Journals({ b: corrupted });
    expect(await journals.read(taken('a'), taken('b'), taken('c'))).toEqual({
      loaded: ['a', 'c'],
      unreadable: ['b'],
    });
    expect(journals.statements).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('are told apart where one holds an entry of an unknown kind', async () => {
    const journals = new Journals({}, { b: 'signalled' });
    expect(await journals.read(taken('a'), taken('b'), taken('c'))).toEqual({
      loaded: ['a', 'c'],
      unreadable: ['b'],
    });
  });

  it.each([
    ['the connection is lost', disconnected],
    ['the server shuts down', failedWith('57P01', 'unknown')],
    ['the server is out of memory', failedWith('53200')],
    ['the server hangs', hung],
  ])(
    'are not to blame where %s: none is given up, and no further statement is tried',
    async (_name, error) => {
      const journals = new Journals({ b: error });
      await expect(journals.read(taken('a'), taken('b'))).rejects.toBe(error);
      expect(journals.statements).toHaveLength(1);
    },
  );

  it('keep what was read before the trouble', async () => {
    const journals = new Journals({ c: disconnected });
    const read = journals.read(taken('a', 3 * megabyte), taken('b', 3 * megabyte), taken('c', 3 * megabyte));
    expect(await read).toEqual({ loaded: ['a', 'b'], unreadable: [] });
  });

  it('include one that is too large to be read in time, which is given up alone', async () => {
    const journals = new Journals({ b: hung });
    expect(await journals.read(taken('a'), taken('b', 900 * megabyte), taken('c'))).toEqual({
      loaded: ['a', 'c'],
      unreadable: ['b'],
    });
  });
});
