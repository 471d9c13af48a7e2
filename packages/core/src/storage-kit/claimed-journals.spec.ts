import { SagaStorageError } from '../errors/saga-storage-error.js';
import type { JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { ClaimedJournals } from './claimed-journals.js';
import type { TakenSaga } from './claimed-journals.js';

const megabyte = 1_000_000;

const hung = new SagaStorageError('claim', 'unknown', { cause: new Error('too late') });
const disconnected = new SagaStorageError('claim', 'unknown', { cause: new Error('ECONNRESET') });
const corrupted = new SagaStorageError('claim', 'unknown', { cause: new Error('no') });

/** A database with these journals. Some of them make a statement that reads them fail. */
class Journals {
  readonly statements: (readonly string[])[] = [];

  constructor(
    private readonly failures: Readonly<Record<string, SagaStorageError>> = {},
    private readonly unknown: readonly string[] = [],
  ) {}

  async read(...taken: readonly TakenSaga[]) {
    const journals = new ClaimedJournals<string>({
      read: async (group) => {
        const sagaIds = group.map(({ header }) => header.sagaId);
        this.statements.push(sagaIds);
        for (const sagaId of sagaIds) {
          const failure = this.failures[sagaId];
          if (failure !== undefined) throw failure;
        }
        return new Map(sagaIds.map((sagaId) => [sagaId, [sagaId]]));
      },
      toEntry: (sagaId) => {
        if (this.unknown.includes(sagaId)) throw new TypeError('unknown');
        return { kind: 'claimed', from: 'pending', seq: 1 } as JournalEntry;
      },
      conductOf: (error) => (error === hung ? 'hung' : 'fail'),
      blamesJournal: (error) => error === corrupted,
    });
    const { loaded, unreadable } = await journals.read(taken);
    return {
      loaded: loaded.map(({ header }) => header.sagaId),
      unreadable: unreadable.map(({ taken: { header } }) => header.sagaId),
    };
  }
}

function taken(sagaId: string, journalBytes = 0): TakenSaga {
  return { header: { sagaId } as SagaHeader, claimSeq: 1, journalBytes };
}

describe('the journals of a claim', () => {
  it('are not read if the claim is the only entry', async () => {
    const journals = new Journals({ b: hung });
    const onlyEntry = { kind: 'claimed', from: 'pending', seq: 1 } as JournalEntry;
    expect(await journals.read({ ...taken('a'), onlyEntry }, taken('c'))).toEqual({
      loaded: ['a', 'c'],
      unreadable: [],
    });
    expect(journals.statements).toEqual([['c']]);
    expect(await journals.read({ ...taken('b'), onlyEntry })).toEqual({ loaded: ['b'], unreadable: [] });
  });

  it('are read in one statement while they are small', async () => {
    const journals = new Journals();
    expect(await journals.read(taken('a'), taken('b'), taken('c'))).toEqual({
      loaded: ['a', 'b', 'c'],
      unreadable: [],
    });
    expect(journals.statements).toEqual([['a', 'b', 'c']]);
  });

  it('are read in several if they are large, and the largest by itself', async () => {
    const journals = new Journals();
    const sizes = { a: 2, b: 1.5, c: 1, d: 90, e: 0, f: 3 };
    await journals.read(...Object.entries(sizes).map(([sagaId, size]) => taken(sagaId, size * megabyte)));
    expect(journals.statements).toEqual([['a', 'b'], ['c'], ['d'], ['e', 'f']]);
  });

  it('are read one by one if the server refuses to read them together', async () => {
    const journals = new Journals({ b: corrupted });
    expect(await journals.read(taken('a'), taken('b'), taken('c'))).toEqual({
      loaded: ['a', 'c'],
      unreadable: ['b'],
    });
    expect(journals.statements).toEqual([['a', 'b', 'c'], ['a'], ['b'], ['c']]);
  });

  it('are separated if one has an entry of an unknown kind', async () => {
    const journals = new Journals({}, ['b']);
    expect(await journals.read(taken('a'), taken('b'), taken('c'))).toEqual({
      loaded: ['a', 'c'],
      unreadable: ['b'],
    });
  });

  it.each([
    ['the connection is lost', disconnected],
    ['the server hangs', hung],
  ])('are not to blame if %s: none is given up, and no further statement is tried', async (_name, error) => {
    const journals = new Journals({ b: error });
    await expect(journals.read(taken('a'), taken('b'))).rejects.toBe(error);
    expect(journals.statements).toHaveLength(1);
  });

  it('keep what was read before the error', async () => {
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
