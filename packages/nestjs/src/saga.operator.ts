import { Injectable } from '@nestjs/common';
import { checkNames } from '@nest-saga/core/engine';
import type { StepResolution } from '@nest-saga/core';
import { toExecution } from './views/saga-execution.js';
import type { SagaExecution } from './views/saga-execution.js';
import { SagaRuntime } from './runtime/saga.runtime.js';
import { checkSagaList } from './views/check-saga-list.js';
import type { SagaList, SagaListStrings } from './views/check-saga-list.js';

/** One page of executions. */
export interface SagaExecutionPage {
  readonly sagas: readonly SagaExecution[];
  /** Asks for the next page; undefined on the last one. */
  readonly nextCursor: string | undefined;
}

/** Who acts: kept in the journal. */
export interface OperatorAction {
  /** @default 'operator' */
  readonly actor?: string;
}

/** Who settles a step, and how. */
export interface ResolveAction extends OperatorAction {
  /**
   * `done`: the act, or the undo, was done by hand, and the saga goes on after it. `not-done`: the act has no effect, and
   * the saga is undone without it; only of the act that a saga is stuck at.
   *
   * @default 'done'
   */
  readonly outcome?: StepResolution;
}

/** Who lets a saga go on, and why. */
export interface RetryAction extends OperatorAction {
  readonly note?: string;
}

const knownToResolve = ['actor', 'outcome'];
const knownToRetry = ['actor', 'note'];

/**
 * What people do to sagas that wait for them. Every action is an entry in the journal with its actor, and is safe
 * against a worker that acts at the same moment.
 *
 * It checks no permission: put a guard before whatever route calls it.
 */
@Injectable()
export class SagaOperator {
  constructor(private readonly runtime: SagaRuntime) {}

  /**
   * The executions that a query asks for, in order of their creation, a page at a time. The query may be the strings
   * of a URL, as `@Query()` gives them.
   *
   * @throws InvalidArgumentError where the query asks for what is not allowed.
   * @example
   * const { sagas, nextCursor } = await operator.list({ status: SagaStatus.Stuck, limit: 20 });
   */
  async list(query: SagaList | SagaListStrings = {}): Promise<SagaExecutionPage> {
    return this.runtime.use(async ({ storage, registry }) => {
      const { sagas, nextCursor } = await storage.list(checkSagaList(query));
      return { sagas: sagas.map((header) => toExecution(header, registry)), nextCursor };
    });
  }

  /**
   * Lets a STUCK saga go on from where it stood, forward or undoing. Resolves once the request is durable.
   *
   * @throws SagaStatusError where it is not stuck, SagaNotFoundError, InvalidArgumentError
   */
  async retry(sagaId: string, action: RetryAction = {}): Promise<void> {
    checkNames('options', action, knownToRetry);
    const { actor = 'operator', note } = action;
    await this.runtime.use(({ requests }) => requests.retry(sagaId, actor, note));
  }

  /**
   * Says what a person knows of the step that a STUCK saga stands at: that it was done by hand, and the saga goes on
   * after it, or that its act is not done, and the saga is undone without it. Resolves once that is durable.
   *
   * @param note What was done or found out: kept in the journal.
   * @throws SagaStatusError if it is not stuck, if its journal does not fit the steps of this process, or for `not-done` if
   * it stands at an undo; InvalidArgumentError if the step is not one it stands at; SagaNotFoundError
   * @example
   * await operator.resolveStep(sagaId, 'charge', 'the bank has no such charge', { actor: 'ada', outcome: 'not-done' });
   */
  async resolveStep(sagaId: string, step: string, note: string, action: ResolveAction = {}): Promise<void> {
    checkNames('options', action, knownToResolve);
    const { actor = 'operator', outcome } = action;
    await this.runtime.use(({ requests }) => requests.resolveStep(sagaId, step, actor, note, outcome));
  }
}
