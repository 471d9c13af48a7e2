import { SagaStorageError } from '@nest-saga/core';
import type { WriteOutcome } from '@nest-saga/core';
import { PostgresError } from '../src/database/classify-error.js';
import type { Write } from '../src/group-commit.js';
import type { Checkpoint } from '../src/statements/checkpoint.js';

/** A database that answers when it is told to. */
export class HeldDatabase {
  readonly groups: (readonly string[])[] = [];
  private readonly held: { resolve: (ids: ReadonlySet<string>) => void; reject: (error: unknown) => void }[] =
    [];

  readonly send = (checkpoint: Checkpoint): Promise<ReadonlySet<string>> => {
    this.groups.push(idsOf(checkpoint));
    return new Promise((resolve, reject) => {
      this.held.push({ resolve, reject });
    });
  };

  /** Answers the oldest statement: all of it is written, but for what is named. */
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

const idsOf = ({ starts, appends }: Checkpoint): readonly string[] =>
  [...starts, ...appends].map(({ sagaId }) => sagaId);
export const limits = {
  statementsInFlight: 1,
  rowsInStatement: 100,
  rowsWorthAStatement: 16,
  sizeOfStatement: 1_000,
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
export const failure = (outcome: WriteOutcome, sqlState?: string): SagaStorageError =>
  new SagaStorageError('write', outcome, { cause: new PostgresError('no', sqlState, undefined) });
// Two turns of the event loop: one for what waits for the end of this one, one for what that sets in motion.
export const turn = async (): Promise<void> => {
  for (let times = 0; times < 2; times++) await new Promise((resolve) => setImmediate(resolve));
};
