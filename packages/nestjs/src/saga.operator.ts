import { Injectable, Logger } from '@nestjs/common';
import type {
  ApprovalDecision,
  CheckedSagas,
  FailedRedelivery,
  OutboxPage,
  SagaApprovalPage,
  SagaExplanation,
  SagaWithFindings,
  StoredSubscriber,
} from '@nest-saga/core/engine';
import { checkNames, checkText, encodeCursor, escapeControls } from '@nest-saga/core/engine';
import type { StepResolution } from '@nest-saga/core';
import { toExecution } from './views/saga-execution.js';
import type { SagaExecution } from './views/saga-execution.js';
import { SagaOrchestrator } from './saga.orchestrator.js';
import type { SagaHandle } from './views/saga-handle.js';
import { SagaRuntime } from './runtime/saga.runtime.js';
import { checkApprovalList } from './views/check-approval-list.js';
import type { ApprovalList, ApprovalListStrings } from './views/check-approval-list.js';
import { checkMessageList } from './views/check-message-list.js';
import type { MessageListQuery, MessageListStrings } from './views/check-message-list.js';
import { checkPurge } from './views/check-purge.js';
import type { PurgedSagas, SagaPurge } from './views/check-purge.js';
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

/** The operator who undoes a saga that has completed, and the reason. */
export interface ReverseAction extends OperatorAction {
  readonly note?: string;
}

/** The events that are delivered again, the operator, and the reason. */
export interface RedeliverAction extends OperatorAction {
  /** The `seq` of the entry with the events: `emittedSeq` of an entry `delivery-failed`. */
  readonly seq: number;
  /** Only the message of the entry to this sink, if it is still to be delivered. */
  readonly sink?: string;
  readonly note?: string;
}

/** The message that is deleted, the operator, and the reason. */
export interface DiscardAction extends OperatorAction {
  /** The `seq` of the entry of the message. */
  readonly seq: number;
  /** The sink that has not acknowledged it. */
  readonly sink: string;
  readonly note?: string;
}

const knownToRedeliver = ['seq', 'sink', 'actor', 'note'];
const knownToDiscard = ['seq', 'sink', 'actor', 'note'];
const knownToResolve = ['actor', 'outcome'];
const knownToRetry = ['actor', 'note'];
const knownToReverse = ['actor', 'note'];

/**
 * The actions of operators on sagas that need them. Each action is an entry in the journal with its actor, and is safe
 * even if a worker acts at the same time.
 *
 * It checks no permissions: protect each route that calls it with a guard.
 */
@Injectable()
export class SagaOperator {
  private readonly logger = new Logger('Saga');

  constructor(
    private readonly runtime: SagaRuntime,
    private readonly orchestrator: SagaOrchestrator,
  ) {}

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
   * Deletes sagas that ended, with their journals, the oldest first, in short statements beside the running sagas. Open and STUCK
   * sagas stay, and so do sagas with messages in the outbox, and parents, children and originals of sagas that have not
   * ended. The key of a deleted saga is free again.
   *
   * @throws InvalidArgumentError if an option is out of range. The error of `onArchive`: its batch stays.
   * @example
   * const { purged } = await operator.purge({ status: 'completed', endedBefore: new Date(Date.now() - days(90)) });
   */
  async purge(options: SagaPurge): Promise<PurgedSagas> {
    const order = checkPurge(options);
    return this.runtime.use(async ({ purger }) => ({ purged: await purger.purge(order) }));
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
   * Undoes a saga that has COMPLETED, in a process in which it is registered. The saga itself never changes: the reversal is
   * another execution of it, with the key `reverse:<id>`, that runs backward from its beginning over the steps, the
   * responses and the last context of the original, under the same idempotency keys. It ends FAILED with the reason
   * `reversed`, or STUCK. There is one: a second call returns the same. Resolves when it is durable.
   *
   * @throws SagaStatusError if the saga has not completed, or its journal does not fit the steps of this process.
   * @throws SagaPastPivotError if the saga has passed its pivot, after which nothing is undone.
   * @throws SagaNotFoundError if no saga has that id.
   * @throws InvalidArgumentError
   * @example
   * const reversal = await operator.reverse(sagaId, { actor: user.email, note: 'the customer returned the order' });
   * await reversal.outcome();
   */
  async reverse(sagaId: string, action: ReverseAction = {}): Promise<SagaHandle> {
    checkNames('options', action, knownToReverse);
    const { actor = 'operator', note } = action;
    const started = await this.runtime.use(({ reversals }) => reversals.reverse(sagaId, { actor, note }));
    return this.orchestrator.handle(started);
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
   * With `sink`, a message that is still to be delivered, parked or not, is due at once, as if no attempt had failed; a relay
   * of any process delivers it. The audit of the storage keeps the actor and the note.
   *
   * @throws SagaNotFoundError if no saga has that id.
   * @throws SagaMessageNotFoundError with `sink`, if there is no such message (any more).
   * @throws InvalidArgumentError if the entry has no events.
   * @example
   * const failed = await operator.redeliver(sagaId, { seq: 3, actor: 'ada', note: 'the mail server is up again' });
   * await operator.redeliver(sagaId, { seq: 3, sink: 'rabbitmq', actor: 'ada', note: 'the limit is higher now' });
   */
  async redeliver(sagaId: string, action: RedeliverAction): Promise<readonly FailedRedelivery[]> {
    checkNames('options', action, knownToRedeliver);
    const { seq, sink, actor = 'operator', note } = action;
    const by = checkText('actor', actor, 200);
    const why = note === undefined ? '' : `: ${checkText('note', note, 1_000)}`;
    const what = sink === undefined ? 'The events' : `The message to "${sink}"`;
    this.logger.log(
      escapeControls(`${what} of entry ${String(seq)} of saga ${sagaId} are delivered again by ${by}${why}`),
    );
    return this.runtime.use(async ({ redelivery, outgoing }) => {
      if (sink === undefined) return redelivery.redeliver(sagaId, seq);
      await outgoing.redeliver({ sagaId, seq, sink }, { actor: by, note });
      return [];
    });
  }

  /**
   * Lists the messages that are still to be delivered to sinks and to handlers of ends, a page at a time, in the order of sagas
   * and entries. `parked: true`: those that wait for a person, because 20 attempts have failed. The query may consist of
   * the strings of a URL, as `@Query()` provides them.
   *
   * @throws InvalidArgumentError if the query has an unknown name or a value that is out of range.
   * @example
   * const { messages, nextCursor } = await operator.listMessages({ parked: true, limit: 20 });
   */
  async listMessages(query: MessageListQuery | MessageListStrings = {}): Promise<OutboxPage> {
    return this.runtime.use(({ outgoing }) => outgoing.list(checkMessageList(query)));
  }

  /**
   * Deletes a message that its sink has not acknowledged: it is lost, and the later ones of its saga are delivered. The
   * audit of the storage keeps the actor and the note.
   *
   * @throws SagaMessageNotFoundError if there is no such message (any more).
   * @throws InvalidArgumentError
   * @example
   * await operator.discard(sagaId, { seq: 3, sink: 'rabbitmq', actor: 'ada', note: 'the consumer does not need it' });
   */
  async discard(sagaId: string, action: DiscardAction): Promise<void> {
    checkNames('options', action, knownToDiscard);
    const { seq, sink, actor = 'operator', note } = action;
    await this.runtime.use(({ outgoing }) => outgoing.discard({ sagaId, seq, sink }, { actor, note }));
  }

  /** Lists the handlers of ends of sagas in all applications with this storage, by their names. */
  async listSubscribers(): Promise<readonly StoredSubscriber[]> {
    return this.runtime.use(({ outgoing }) => outgoing.subscribers());
  }

  /**
   * Forgets a handler of ends that no application has any more, with the ends that it has not handled. Until then the end of each
   * saga writes a message for it. Resolves with false if no handler has that name.
   *
   * @throws InvalidArgumentError
   */
  async forgetSubscriber(name: string): Promise<boolean> {
    return this.runtime.use(({ outgoing }) => outgoing.forgetSubscriber(name));
  }
}
