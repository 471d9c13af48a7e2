import { AssertionError } from 'node:assert';
import type { JournalEntry } from '@nest-saga/core';
import type { SagaStanding } from '@nest-saga/core/engine';
import { describeEntry } from '../crash/describe-entry.js';

/**
 * The expectations of a saga at one moment. Each method resolves if the saga is so, and otherwise rejects with an
 * `AssertionError` that shows the difference and the journal.
 */
export interface SagaExpectations {
  /** It COMPLETED. */
  completed(): Promise<void>;
  /** It FAILED, and exactly the compensations of these steps ran to their end, in this order. */
  undone(steps: readonly string[]): Promise<void>;
  /** It is STUCK, at this step if one is named. */
  stuck(step?: string): Promise<void>;
  /**
   * It waits: at the stage with this id, or, if it is parked, for the next attempt of the step with this id. `start` is
   * the id of a start with a delay.
   */
  waiting(stage: string): Promise<void>;
}

/** A saga as it is stored. */
export interface ObservedSaga {
  readonly standing: SagaStanding;
  readonly entries: readonly JournalEntry[];
}

/** Compares the saga with what is expected of it. */
export class ObservedExpectations implements SagaExpectations {
  constructor(private readonly observe: () => Promise<ObservedSaga>) {}

  completed(): Promise<void> {
    return this.compare({ status: 'completed' }, ({ standing }) => ({ status: standing.header.status }));
  }

  undone(steps: readonly string[]): Promise<void> {
    return this.compare({ status: 'failed', undone: steps }, ({ standing, entries }) => ({
      status: standing.header.status,
      undone: entries.flatMap((entry) => (entry.kind === 'compensation-completed' ? entry.step : [])),
    }));
  }

  stuck(step?: string): Promise<void> {
    const named = step === undefined ? {} : { step };
    return this.compare({ status: 'stuck', ...named }, ({ standing: { header } }) => ({
      status: header.status,
      ...(step === undefined ? {} : { step: header.stuck?.step }),
    }));
  }

  waiting(stage: string): Promise<void> {
    return this.compare({ waiting: stage }, ({ standing }) => ({ waiting: standing.waiting?.stage }));
  }

  private async compare(expected: object, read: (saga: ObservedSaga) => object): Promise<void> {
    const saga = await this.observe();
    const actual = read(saga);
    // The facts are short lists and texts, with their properties in the same order.
    if (JSON.stringify(actual) === JSON.stringify(expected)) return;
    const journal = saga.entries.map((entry) => `  ${entry.seq}. ${describeEntry(entry)}`);
    const { saga: name, sagaId } = saga.standing.header;
    throw new AssertionError({
      message: `The saga "${name}" ${sagaId} is ${JSON.stringify(actual)}, not ${JSON.stringify(expected)}. Its journal:\n${
        journal.join('\n') || '  (empty)'
      }`,
      actual,
      expected,
      operator: 'deepStrictEqual',
    });
  }
}
