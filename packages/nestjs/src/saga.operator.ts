import { Injectable, Logger } from '@nestjs/common';
import type {
  ApprovalDecision,
  CheckedSagas,
  FailedRedelivery,
  SagaApprovalPage,
  SagaExplanation,
  SagaWithFindings,
} from '@nest-saga/core/engine';
import { checkNames, checkText, encodeCursor, escapeControls } from '@nest-saga/core/engine';
import type { StepResolution } from '@nest-saga/core';
import { toExecution } from './views/saga-execution.js';
import type { SagaExecution } from './views/saga-execution.js';
import { SagaRuntime } from './runtime/saga.runtime.js';
import { checkApprovalList } from './views/check-approval-list.js';
import type { ApprovalList, ApprovalListStrings } from './views/check-approval-list.js';
import { checkSagaList } from './views/check-saga-list.js';
import type { SagaList, SagaListStrings } from './views/check-saga-list.js';

/** One page of executions. */
export interface SagaExecutionPage {
  readonly sagas: readonly SagaExecution[];
  /** The `cursor` of the next page; undefined on the last one. */
  readonly nextCursor: string | undefined;
}

/** The operator who acts. */
export interface OperatorAction {
  /**
   * The operator's name, kept in the journal.
   *
   * @default 'operator'
   */
  readonly actor?: string;
}

/** The operator who resolves a step, and how. */
export interface ResolveAction extends OperatorAction {
  /**
   * `done`: the act, or the compensation, was done by hand, and the saga continues after it. `not-done`: the act has no
   * effect, and the saga is undone without it; possible only if the saga is stuck at an act.
   *
   * @default 'done'
   */
  readonly outcome?: StepResolution;
}

/** The operator who resumes a saga, and the reason. */
export interface RetryAction extends OperatorAction {
  readonly note?: string;
}

/** The events that are delivered again, the operator, and the reason. */
export interface RedeliverAction extends OperatorAction {
  /** The `seq` of the entry with the events: `emittedSeq` of an entry `delivery-failed`. */
  readonly seq: number;
  readonly note?: string;
}

const knownToRedeliver = ['seq', 'actor', 'note'];
const knownToResolve = ['actor', 'outcome'];
const knownToRetry = ['actor', 'note'];

/**
 * The actions of operators on sagas that need them. Each action is an entry in the journal with its actor, and is safe
 * even if a worker acts at the same time.
 *
 * It checks no permissions: protect each route that calls it with a guard.
 */
@Injectable()
export class SagaOperator {
  private readonly logger = new Logger('Saga');

  constructor(private readonly runtime: SagaRuntime) {}

  /**
   * Lists the executions that match a query, in order of their creation, a page at a time. The query may consist of the
   * strings of a URL, as `@Query()` provides them. A page is shorter than requested if its contexts are large.
   *
   * @throws InvalidArgumentError if the query has an unknown name or a value that is out of range.
   * @example
   * const { sagas, nextCursor } = await operator.list({ status: SagaStatus.Stuck, limit: 20 });
   */
  async list(query: SagaList | SagaListStrings = {}): Promise<SagaExecutionPage> {
    return this.runtime.use(async ({ storage, reader, registry }) => {
      const { sagas, nextCursor } = await storage.list(checkSagaList(query));
      const standings = await reader.standings(sagas.map(({ sagaId }) => sagaId));
      const last = standings.at(-1)?.header;
      return {
        sagas: standings.map((standing) => toExecution(standing, registry)),
        // The size of one read is limited: the rest of the page is on the next one.
        nextCursor:
          last === undefined || last.sagaId === sagas.at(-1)?.sagaId ? nextCursor : encodeCursor(last),
      };
    });
  }

  /**
   * Explains one saga as this process understands it: what prevents it from continuing here, what comes next, and which
   * steps a cancel would undo now. Writes nothing.
   *
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError if the id is not a UUID.
   */
  async explain(sagaId: string): Promise<SagaExplanation> {
    return this.runtime.use(({ inspector }) => inspector.explain(sagaId));
  }

  /**
   * Checks each open and STUCK saga against the sagas of this process, the oldest first, as `npx nest-saga check` does before
   * a deployment. Writes nothing, and keeps few sagas in memory, whatever their number.
   *
   * @param onFindings Called with each saga that this process cannot continue, and the reasons.
   */
  async check(onFindings: (saga: SagaWithFindings) => void): Promise<CheckedSagas> {
    return this.runtime.use(async ({ inspector }) => {
      const checks = inspector.check();
      for (;;) {
        const { done, value } = await checks.next();
        if (done === true) return value;
        onFindings(value);
      }
    });
  }

  /**
   * Decides an approval for which a saga waits, in a process in which the saga is registered. Resolves when the decision is
   * durable: then the saga continues or is undone.
   *
   * @param step The id of the approval.
   * @throws SagaStatusError if the saga does not wait for that decision, or another person has decided already: the message says who.
   * @throws ApprovalForbiddenError if this actor must not decide it.
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError
   * @example
   * await operator.decide(sagaId, 'big-refund', { decision: 'approved', actor: user.email, roles: user.roles });
   */
  async decide(sagaId: string, step: string, decision: ApprovalDecision): Promise<void> {
    await this.runtime.use(({ requests }) => requests.decide(sagaId, step, decision));
  }

  /**
   * Lists the approvals for which sagas wait without an owner, a page at a time, in the order of the ids of the approvals and
   * then of the creation of the sagas. The query may consist of the strings of a URL, as `@Query()` provides them. A page
   * is shorter than requested if an approval was just decided, or if the contexts of the sagas are large.
   *
   * @throws InvalidArgumentError if the query has an unknown name or a value that is out of range.
   * @example
   * const { approvals, nextCursor } = await operator.listApprovals({ role: 'finance', limit: 20 });
   */
  async listApprovals(query: ApprovalList | ApprovalListStrings = {}): Promise<SagaApprovalPage> {
    return this.runtime.use(({ approvals }) => approvals.list(checkApprovalList(query)));
  }

  /**
   * Resumes a STUCK saga where it stopped, forward or undoing. Resolves when the request is durable.
   *
   * @throws SagaStatusError if the saga is not stuck.
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError
   */
  async retry(sagaId: string, action: RetryAction = {}): Promise<void> {
    checkNames('options', action, knownToRetry);
    const { actor = 'operator', note } = action;
    await this.runtime.use(({ requests }) => requests.retry(sagaId, actor, note));
  }

  /**
   * Records what an operator knows about the step at which a saga is STUCK: it was done by hand, and the saga continues
   * after it; or its act is not done, and the saga is undone without it. Resolves when the record is durable.
   *
   * @param note What was done or found out; kept in the journal.
   * @throws SagaStatusError if the saga is not stuck, if its journal does not fit the steps of this process, or, with
   * `not-done`, if it is stuck at a compensation.
   * @throws InvalidArgumentError if the saga is not stuck at this step.
   * @throws SagaNotFoundError if no saga has that id.
   * @example
   * await operator.resolveStep(sagaId, 'charge', 'the bank has no such charge', { actor: 'ada', outcome: 'not-done' });
   */
  async resolveStep(sagaId: string, step: string, note: string, action: ResolveAction = {}): Promise<void> {
    checkNames('options', action, knownToResolve);
    const { actor = 'operator', outcome } = action;
    await this.runtime.use(({ requests }) => requests.resolveStep(sagaId, step, actor, note, outcome));
  }

  /**
   * Delivers the events of an entry again to all handlers of this process, whatever the status of the saga, for example after a
   * handler was given up. Resolves with the handlers that failed in all their attempts; none: every handler handled them. The log
   * shows the actor and the note.
   *
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError if the entry has no events.
   * @example
   * const failed = await operator.redeliver(sagaId, { seq: 3, actor: 'ada', note: 'the mail server is up again' });
   */
  async redeliver(sagaId: string, action: RedeliverAction): Promise<readonly FailedRedelivery[]> {
    checkNames('options', action, knownToRedeliver);
    const { seq, actor = 'operator', note } = action;
    const by = checkText('actor', actor, 200);
    const why = note === undefined ? '' : `: ${checkText('note', note, 1_000)}`;
    const what = `The events of entry ${String(seq)} of saga ${sagaId} are delivered again by ${by}${why}`;
    this.logger.log(escapeControls(what));
    return this.runtime.use(({ redelivery }) => redelivery.redeliver(sagaId, seq));
  }
}
