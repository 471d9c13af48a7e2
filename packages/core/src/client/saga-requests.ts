import { jsonContextCodec } from '../context/context-codec.js';
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
import type { SagaHeader } from '../journal/saga-header.js';
import { sagaDefaults } from '../options/defaults.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { readOutline } from '../ports/read-outline.js';
import type { SagaStorage } from '../ports/saga-storage.js';
import type { SagaWorker } from '../worker/saga-worker.js';
import { cancelRequest } from './cancel-request.js';
import { decisionRequest } from './decision-request.js';
import type { ApprovalDecision } from './decision-request.js';
import type { SagaRequest, SagaTarget } from './saga-request.js';
import { checkTarget, signalRequest } from './signal-request.js';
import type { SignalOptions } from './signal-request.js';
import { resolveRequest, retryRequest } from './stuck-requests.js';

/** How long a request is tried again, in milliseconds. */
const requestTimeoutMs = 10_000;
/** Where somebody else wrote first: soon, but not at once, as a quick saga would win every time in the same way. */
const raceDelayMs = 20;
/** Where the storage is in trouble: later each time. */
const firstDelayMs = 20;
const longestDelayMs = 2_000;

/** A request on its way. */
interface Asked extends SagaRequest {
  readonly target: SagaTarget;
  /** The place of a write whose answer was lost. */
  unanswered: number | undefined;
}

/**
 * What people ask of a saga from outside: each is an entry, appended by compare-and-swap, so it is safe against the
 * owner acting at the same moment. A conflict reads the journal again and decides anew;
 * lost reads, races and answers are retried for some seconds.
 */
export class SagaRequests {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
    private readonly worker: SagaWorker,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
  ) {}

  /**
   * Asks for a saga to be cancelled. Resolves once the request is durable; what was done is undone then. A saga that
   * is being undone already stays as it is.
   *
   * @throws SagaStatusError where it has ended, or is stuck and its journal does not fit the steps of this process.
   */
  async cancel(sagaId: string, reason: string, actor?: string): Promise<void> {
    await this.request(sagaId, cancelRequest(reason, actor));
  }

  /**
   * Lets a STUCK saga go on from where it stood, forward or undoing.
   *
   * @throws SagaStatusError where it is not stuck.
   */
  async retry(sagaId: string, actor: string, note?: string): Promise<void> {
    await this.request(sagaId, retryRequest(actor, note));
  }

  /**
   * Says what a person knows of a step of a STUCK saga. `done`: the act it stands at, or a compensation that is still to
   * be done, was done by hand, and the saga goes on after it. `not-done`: the act it stands at has no effect, and the saga
   * is compensated without it.
   *
   * @param outcome `done` if left out.
   * @throws SagaStatusError if it is not stuck, if its journal does not fit the steps of this process, or for `not-done` if
   * it is being undone. InvalidArgumentError if the step is not one it stands at, or an argument is not what it takes.
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
   * Tells a saga something. Resolves once it is durable; a saga that waits for it goes on, and one that does not wait for it
   * yet takes it when it comes to that.
   *
   * @throws InvalidArgumentError if the payload is not what the signal takes. SagaNotFoundError. SagaStatusError if the saga
   * has ended or is being undone, or has 1,000 signals that nothing has taken.
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
   * Decides what a saga asks to be approved. Resolves once the decision is durable; the saga goes on then, or is undone.
   *
   * @param step The id of the approval.
   * @throws SagaStatusError if the saga does not wait for that decision, or another person has decided already: the message says who.
   * ApprovalForbiddenError if this actor must not decide it. InvalidArgumentError, SagaNotFoundError.
   */
  async decide(sagaId: string, step: string, decision: ApprovalDecision): Promise<void> {
    await this.request(sagaId, decisionRequest(step, decision));
  }

  /**
   * Asks anything of a saga. Resolves once the entry is durable, or if it is not wanted. Trouble with the storage and lost
   * races are waited out for some seconds: a person asked, and asked once.
   *
   * @throws SagaStorageError if the storage is in trouble for longer. What the request throws if it is refused.
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
      // Once at once: most trouble and most races are over by then.
      if (attempt > 1) await this.sleep(delayMs * (0.5 + this.ids.random() / 2));
    }
  }

  /** Reads the journal, decides and writes. False: somebody else wrote in that place, so it is to be decided anew. */
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
      // It was asked for before, and an answer says that it is durable.
      await this.storage.untilDurable?.();
      return true;
    }
    const entry = withStatus(definition, state, asked.complete?.(saga) ?? draft);
    const after = applyEntry(state, entry);
    const { seq } = after;
    const change = projectHeader(state, after, undefined);
    const append = { sagaId, seq, worker: undefined, entry };
    try {
      const result = await this.storage.append(change === undefined ? append : { ...append, change });
      if (result !== 'stored') return false;
    } catch (error) {
      if (isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'unknown') asked.unanswered = seq;
      throw error;
    }
    this.requested(sagaId, draft);
    return true;
  }

  /** Whether the entry at this place is the one whose answer was lost. An outline has no payloads to compare. */
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
    if (header === undefined) throw new SagaNotFoundError(`"${saga}" with the key "${key}"`);
    return header.sagaId;
  }

  private requested(sagaId: string, { kind }: EntryDraft): void {
    const isCancel = kind === 'cancel-requested';
    if (isCancel || kind === 'signal-received') this.worker.notice(sagaId, { isCancel });
    this.worker.lookForWork();
  }

  private definitionOf(header: SagaHeader, { isForAnySaga }: SagaRequest): SagaDefinition {
    const definition = this.registry.find(header.saga, header.version);
    if (definition !== undefined) return definition;
    if (isForAnySaga === true) return undefinedSaga(header.saga, header.version);
    const known = this.registry.identities.map(({ saga, version }) => `${saga} version ${version}`);
    throw new SagaNotRegisteredError(
      `"${header.saga}" version ${header.version}`,
      known,
      'Ask a process that has this saga',
    );
  }
}

/** Stands in for a saga that this process does not have. */
function undefinedSaga(name: string, version: number): SagaDefinition {
  return {
    name,
    version,
    context: undefined,
    codec: jsonContextCodec,
    maximumRecoveryAttempts: sagaDefaults.recovery.maximumRecoveryAttempts,
    stages: [],
  };
}
