import { SagaStorageError } from '@nest-saga/core';
import type { WriteOutcome } from '@nest-saga/core';
import { GroupCommit } from '@nest-saga/core/storage-kit';
import type { ErrorConduct, GroupCommitLimits, Write, WriteGroup } from '@nest-saga/core/storage-kit';

/** A database that answers when the test says so. */
export class HeldDatabase {
  readonly groups: (readonly string[])[] = [];
  private readonly held: { resolve: (ids: ReadonlySet<string>) => void; reject: (error: unknown) => void }[] =
    [];

  readonly send = (group: WriteGroup): Promise<ReadonlySet<string>> => {
    this.groups.push(idsOf(group));
    return new Promise((resolve, reject) => {
      this.held.push({ resolve, reject });
    });
  };

  /** Answers the oldest statement: everything is written except the given sagas. */
  async answer(except: readonly string[] = []): Promise<void> {
    const group = this.groups[this.groups.length - this.held.length] ?? [];
    this.held.shift()?.resolve(new Set(group.filter((id) => !except.includes(id))));
    await turn();
  }

  async fail(error: unknown): Promise<void> {
    this.held.shift()?.reject(error);
    await turn();
  }
}

const idsOf = ({ starts, appends }: WriteGroup): readonly string[] =>
  [...starts, ...appends].map(({ sagaId }) => sagaId);
export const limits = {
  maximumInFlight: 1,
  maximumRows: 100,
  minimumSplitRows: 16,
  maximumCharacters: 1_000,
};
const entry = { kind: 'settled' } as const;
export const appendTo = (sagaId: string): Write => ({
  kind: 'append',
  request: { sagaId, seq: 1, worker: 'w', entry },
});
export const startOf = (sagaId: string, context = '{}'): Write => ({
  kind: 'start',
  saga: { sagaId, saga: 's', version: 1, key: undefined, context, metadata: {}, owner: undefined },
});
const conducts = new WeakMap<SagaStorageError, ErrorConduct>();

/** An error of a statement, with the conduct that it requires. */
export const failure = (conduct: ErrorConduct, outcome: WriteOutcome = 'not-written'): SagaStorageError => {
  const error = new SagaStorageError('write', outcome, { cause: new Error('no') });
  conducts.set(error, conduct);
  return error;
};

/** A group commit over the database, with limits that differ from the ones above. */
export const openCommits = (database: HeldDatabase, given: Partial<GroupCommitLimits> = {}): GroupCommit =>
  new GroupCommit(
    {
      send: database.send,
      conductOf: (error) => conducts.get(error as SagaStorageError) ?? 'split',
      defer: setImmediate,
    },
    { ...limits, ...given },
  );

// Two turns of the event loop: one for the work that waits for the end of this turn, one for the work that follows from
// it.
export const turn = async (): Promise<void> => {
  for (let times = 0; times < 2; times++) await new Promise((resolve) => setImmediate(resolve));
};
