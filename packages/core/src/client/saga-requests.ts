import { placedCodec } from '../definition/placed-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import type { SagaSignal } from '../definition/saga-signal.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError } from '../identity/thrown.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { withStatus } from '../execution/decide-status.js';
import { applyEntry } from '../journal/apply-entry.js';
import { foldJournal } from '../journal/fold-journal.js';
import { projectHeader } from '../journal/header-change.js';
import type { EntryDraft, StepResolution } from '../journal/journal-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import { isOpen } from '../journal/saga-status.js';
import { sealTexts } from '../journal/sealed-texts.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { readOutline } from '../ports/read-outline.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import type { SagaWorker } from '../worker/saga-worker.js';
import { cancelRequest } from './cancel-request.js';
import { decisionRequest } from './decision-request.js';
import type { ApprovalDecision } from './decision-request.js';
import type { SagaRequest, SagaTarget } from './saga-request.js';
import { joinTransaction } from './joined-transaction.js';
import { checkTarget, encodedSignal, signalRequest } from './signal-request.js';
import type { SignalOptions } from './signal-request.js';
import type { RequestOutbox } from './request-outbox.js';
import { resolveRequest, retryRequest } from './stuck-requests.js';
import { undefinedSaga } from './undefined-saga.js';

/** How long a request is retried, in milliseconds. */
const requestTimeoutMs = 10_000;
/**
 * The delay after another writer was first: short, but not zero, because a quick saga would win each time in the same
 * way.
 */
const raceDelayMs = 20;
/** The first delay if the storage has a problem; it grows with each attempt. */
const firstDelayMs = 20;
const longestDelayMs = 2_000;

/** A request that is being sent. */
interface Asked extends SagaRequest {
  readonly target: SagaTarget;
  /** The `seq` of a write whose answer was lost. */
  unanswered: number | undefined;
}

/**
 * Sends requests to sagas from outside. Each is an entry, appended by compare-and-swap, so it is safe if the owner acts
 * at the same moment. After a conflict, the journal is read and the request is decided again. Failed reads, races and
 * lost answers are retried for some seconds.
 */
export class SagaRequests {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
    private readonly worker: SagaWorker,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly outbox?: RequestOutbox,
  ) {}

  /**
   * Requests a saga to be cancelled. Resolves once the request is durable; then the completed steps are undone. A saga
   * that is already being undone stays as it is.
   *
   * @throws SagaStatusError if it has ended, or is stuck and its journal does not fit the steps of this process.
   * SagaPastPivotError if it has passed its pivot.
   */
  async cancel(sagaId: string, reason: string, actor?: string): Promise<void> {
    await this.request(sagaId, cancelRequest(reason, actor));
  }

  /**
   * Resumes a STUCK saga at the step at which it got stuck, forward or backward.
   *
   * @throws SagaStatusError if it is not stuck.
   */
  async retry(sagaId: string, actor: string, note?: string): Promise<void> {
    await this.request(sagaId, retryRequest(actor, note));
  }

  /**
   * Records what an operator knows about a step of a STUCK saga. `done`: the next act, or a remaining compensation, was
   * done by hand, and the saga continues after it. `not-done`: the next act has no effect, and the saga is compensated
   * without it.
   *
   * @param outcome The default is `done`.
   * @throws SagaStatusError if it is not stuck, if its journal does not fit the steps of this process, or for
   * `not-done` if it is being undone. SagaPastPivotError for `not-done` after its pivot. InvalidArgumentError if the step is not one that can be resolved, or an argument
   * is invalid.
   */
  async resolveStep(
    sagaId: string,
    step: string,
    actor: string,
    note: string,
    outcome: StepResolution = 'done',
  ): Promise<void> {
    await this.request(sagaId, resolveRequest(step, actor, note, outcome));
  }

  /**
   * Sends a signal to a saga. Resolves once it is durable. A saga that waits for the signal continues; a saga that does
   * not wait for it yet takes it when it reaches such a wait.
   *
   * @throws InvalidArgumentError if the signal does not accept the payload. SagaNotFoundError. SagaStatusError if the
   * saga has ended or is being undone, or already has 1,000 signals that no wait has taken.
   */
  async signal(
    target: SagaTarget,
    signal: SagaSignal,
    payload?: unknown,
    options?: SignalOptions,
  ): Promise<void> {
    await this.request(target, await signalRequest(signal, payload, options));
  }

  /**
   * Sends a signal in a transaction that the caller began. It is a message: a worker delivers it after the commit, at least
   * once, and the saga takes it once. If the saga has ended by then, it is dropped, and the log says so.
   *
   * @param handle What the storage needs to take part in the transaction, such as a TypeORM `EntityManager`.
   * @throws InvalidArgumentError also if there is no such transaction. SagaNotFoundError if the transaction sees no such saga.
   * SagaStorageError: the transaction cannot be committed.
   */
  async signalIn(
    handle: unknown,
    target: SagaTarget,
    signal: SagaSignal,
    payload?: unknown,
    options?: SignalOptions,
  ): Promise<void> {
    const transaction = joinTransaction(this.storage, 'signalIn', handle);
    const checked = checkTarget(target);
    const header = await transaction.find(typeof checked === 'string' ? { sagaId: checked } : checked);
    if (header === undefined) throw new SagaNotFoundError(nameOf(checked));
    const { sagaId } = header;
    const { codec } = this.definitionOf(header, { isForAnySaga: true });
    const entry = await encodedSignal(codec, signal, payload, options);
    await transaction.tell({ id: this.ids.nextId(), sagaId, entry });
    void transaction.end.then((isCommitted) => {
      if (isCommitted) this.worker.deliverMessages();
    });
  }

  /**
   * Decides an approval for which a saga waits. Resolves once the decision is durable; then the saga continues or is
   * undone.
   *
   * @param step The id of the approval.
   * @throws SagaStatusError if the saga does not wait for that decision, or another person has decided already: the
   * message names that person. ApprovalForbiddenError if this actor must not decide it. InvalidArgumentError,
   * SagaNotFoundError.
   */
  async decide(sagaId: string, step: string, decision: ApprovalDecision): Promise<void> {
    await this.request(sagaId, decisionRequest(step, decision));
  }

  /**
   * Sends any request to a saga. Resolves once the entry is durable, or if it is not wanted. Errors of the storage and
   * lost races are retried for some seconds, because a person usually asks once.
   *
   * @throws SagaStorageError if the storage has a problem for longer. The error of the request if it is refused.
   */
  async request(target: SagaTarget, request: SagaRequest): Promise<void> {
    const asked: Asked = { ...request, target: checkTarget(target), unanswered: undefined };
    const deadline = this.clock.monotonicNow() + requestTimeoutMs;
    let troubleDelayMs = firstDelayMs;
    for (let attempt = 1; ; attempt++) {
      let error: unknown;
      let delayMs = raceDelayMs;
      try {
        if (await this.ask(asked)) return;
      } catch (thrown) {
        if (!isSagaError(thrown, 'SAGA_STORAGE_FAILED') || thrown.outcome === 'refused') throw thrown;
        error = thrown;
        delayMs = troubleDelayMs;
        troubleDelayMs = Math.min(troubleDelayMs * 2, longestDelayMs);
      }
      if (this.clock.monotonicNow() >= deadline) {
        const outcome = asked.unanswered === undefined ? 'not-written' : 'unknown';
        throw new SagaStorageError(request.name, outcome, { cause: error });
      }
      // The first retry follows at once: most problems and most races are over by then.
      if (attempt > 1) await this.sleep(delayMs * (0.5 + this.ids.random() / 2));
    }
  }

  /**
   * Reads the journal, decides and writes. False: another writer used that `seq`, so the request must be decided again.
   */
  private async ask(asked: Asked): Promise<boolean> {
    const { draft, unanswered } = asked;
    const sagaId = await this.idOf(asked.target);
    const outline = await readOutline(this.storage, sagaId);
    if (outline === undefined) throw new SagaNotFoundError(sagaId);
    const { header, entries } = outline;
    if (unanswered !== undefined && entries.some(({ seq }) => seq === unanswered)) {
      if (await this.isStored(sagaId, unanswered, asked)) {
        await this.storage.untilDurable?.();
        this.requested(sagaId, draft);
        return true;
      }
      asked.unanswered = undefined;
    }
    const definition = this.definitionOf(header, asked);
    const state = foldJournal(header, entries);
    const saga = { sagaId, definition, state, entries };
    if (!asked.isWanted(saga)) {
      // An earlier request wrote the entry, and this answer must mean that it is durable.
      await this.storage.untilDurable?.();
      return true;
    }
    const entry = withStatus(definition, state, asked.complete?.(saga) ?? draft);
    const after = applyEntry(state, entry);
    const { seq } = after;
    const change = projectHeader(state, after, undefined);
    // A process that runs no sagas renews no lease, at which it would read the subscribers.
    if (change !== undefined && !isOpen(change.status)) await this.outbox?.refreshed();
    const pointers = this.outbox?.of(header, undefined, entry, change);
    const { codec } = definition;
    const append = {
      ...{ sagaId, seq, worker: undefined, entry },
      ...(change === undefined ? {} : { change }),
      ...(pointers === undefined ? {} : { pointers }),
    };
    try {
      const result = await this.storage.append(codec.encrypts === true ? sealTexts(codec, append) : append);
      if (result !== 'stored') return false;
    } catch (error) {
      if (isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'unknown') asked.unanswered = seq;
      throw error;
    }
    this.requested(sagaId, draft);
    return true;
  }

  /** Whether the entry at this `seq` is the one whose answer was lost. An outline has no payloads to compare. */
  private async isStored(sagaId: string, seq: number, { draft, isSame }: SagaRequest): Promise<boolean> {
    const stored = (await this.storage.load(sagaId, seq - 1))?.entries.find((entry) => entry.seq === seq);
    return stored?.kind === draft.kind && stored.worker === undefined && isSame(stored);
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startTimer(delayMs, resolve);
    });
  }

  private async idOf(target: SagaTarget): Promise<string> {
    if (typeof target === 'string') return target;
    const { saga, key } = target;
    const header = await this.storage.findByKey(saga, key);
    if (header === undefined) throw new SagaNotFoundError(nameOf(target));
    return header.sagaId;
  }

  private requested(sagaId: string, { kind }: EntryDraft): void {
    if (kind === 'cancel-requested' || kind === 'signal-received') this.worker.notice(sagaId);
    this.worker.lookForWork();
    this.outbox?.lookSoon();
  }

  private definitionOf(
    header: SagaHeading,
    { isForAnySaga }: Pick<SagaRequest, 'isForAnySaga'>,
  ): SagaDefinition {
    const definition = this.registry.findFor(header);
    if (definition !== undefined) return definition;
    if (isForAnySaga === true) return undefinedSaga(header, placedCodec(this.registry.defaultCodec, header));
    const known = this.registry.identities.map(({ saga, version }) => `${saga} version ${version}`);
    throw new SagaNotRegisteredError(
      `"${header.saga}" version ${header.version}`,
      known,
      'Ask a process that has this saga',
    );
  }
}

function nameOf(target: SagaTarget): string {
  return typeof target === 'string' ? target : `"${target.saga}" with the key "${target.key}"`;
}
