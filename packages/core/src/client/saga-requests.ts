import type { SagaRegistry } from '../definition/saga-registry.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError } from '../identity/thrown.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { withStatus } from '../execution/decide-status.js';
import { applyEntry } from '../journal/apply-entry.js';
import { fits } from '../journal/fits.js';
import { foldJournal } from '../journal/fold-journal.js';
import { projectHeader } from '../journal/header-change.js';
import type {
  CancelRequested,
  EntryDraft,
  JournalEntry,
  RetryRequested,
  StepResolution,
  StepResolved,
} from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import { openSteps } from '../journal/step-place.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import type { LoadedSaga, SagaStorage } from '../ports/saga-storage.js';
import type { SagaWorker } from '../worker/saga-worker.js';
import { checkSagaId, checkText } from './start-options.js';

type RequestDraft = CancelRequested | RetryRequested | StepResolved;

/** How long a request is tried again, in milliseconds. */
const requestTimeoutMs = 10_000;
/** Where somebody else wrote first: soon, but not at once, as a quick saga would win every time in the same way. */
const raceDelayMs = 20;
/** Where the storage is in trouble: later each time. */
const firstDelayMs = 20;
const longestDelayMs = 2_000;

/** Something that is asked of a saga. */
interface Request {
  readonly sagaId: string;
  readonly draft: RequestDraft;
  /** Whether it is to be written. Throws where it cannot be granted. */
  readonly isWanted: (state: SagaState, sagaId: string, definition: SagaDefinition) => boolean;
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
    const draft: CancelRequested = {
      kind: 'cancel-requested',
      reason: checkText('reason', reason, 1_000),
      ...(actor === undefined ? {} : { actor: checkText('actor', actor, 200) }),
    };
    await this.request(sagaId, 'cancel', draft, (state, id, definition) => {
      if (isTerminal(state.status))
        throw new SagaStatusError(
          id,
          'cancel',
          state.status,
          'A saga that has ended cannot be cancelled; start another one to reverse it',
        );
      if (state.direction === 'backward') return false;
      if (state.status !== SagaStatus.Stuck) return state.cancel === undefined;
      // Also where it was asked for before: it got stuck since and waits for a person, so asked again, it goes on.
      this.checkFits('cancel', definition, state, id);
      return true;
    });
  }

  /**
   * Lets a STUCK saga go on from where it stood, forward or undoing.
   *
   * @throws SagaStatusError where it is not stuck.
   */
  async retry(sagaId: string, actor: string, note?: string): Promise<void> {
    const draft: RetryRequested = {
      kind: 'retry-requested',
      actor: checkText('actor', actor, 200),
      ...(note === undefined ? {} : { note: checkText('note', note, 1_000) }),
    };
    await this.request(sagaId, 'retry', draft, (state, id) => this.checkStuck('retry', state, id));
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
    const checked = {
      actor: checkText('actor', actor, 200),
      note: checkText('note', note, 1_000),
      step: checkText('step', step, 100),
      outcome: checkResolution(outcome),
    };
    const draft: StepResolved = { kind: 'step-resolved', ...checked };
    await this.request(sagaId, 'resolveStep', draft, (state, id, definition) => {
      this.checkStuck('resolveStep', state, id);
      this.checkFits('resolveStep', definition, state, id);
      if (checked.outcome === 'not-done') this.checkForward(state, id);
      const open = openSteps(definition, state);
      if (!open.includes(checked.step))
        throw new InvalidArgumentError(
          'step',
          `the saga stands at ${open.map((one) => `"${one}"`).join(', ') || 'no step'}`,
        );
      return true;
    });
  }

  private checkStuck(request: string, state: SagaState, sagaId: string): true {
    if (state.status === SagaStatus.Stuck) return true;
    throw new SagaStatusError(
      sagaId,
      request,
      state.status,
      'Only a stuck saga waits for a person; the others go on by themselves',
    );
  }

  /** Of an undo there is only one word that helps: that it is done. Until then the saga waits, or tries again. */
  private checkForward({ direction, isUndoingFirst, status }: SagaState, sagaId: string): void {
    if (direction === 'forward' && !isUndoingFirst) return;
    throw new SagaStatusError(
      sagaId,
      'resolveStep',
      status,
      'It stands at an undo, and "not-done" is a word about an act. Let it be tried again, or undo the step by hand and say "done"',
    );
  }

  /** Where a saga stands, and so what a request would make of it, is only known with the steps that it ran with. */
  private checkFits(request: string, definition: SagaDefinition, state: SagaState, sagaId: string): void {
    const problem = fits(definition, state);
    if (problem === undefined) return;
    throw new SagaStatusError(
      sagaId,
      request,
      state.status,
      `It does not fit the steps of this process: ${problem}. Ask a process that has the steps it ran with`,
    );
  }

  /** Trouble with the storage and lost races are waited out for some seconds: a person asked, and asked once. */
  private async request(
    id: string,
    name: string,
    draft: RequestDraft,
    isWanted: (state: SagaState, sagaId: string, definition: SagaDefinition) => boolean,
  ): Promise<void> {
    const request: Request = { sagaId: checkSagaId(id), draft, isWanted, unanswered: undefined };
    const deadline = this.clock.monotonicNow() + requestTimeoutMs;
    let troubleDelayMs = firstDelayMs;
    for (let attempt = 1; ; attempt++) {
      let error: unknown;
      let delayMs = raceDelayMs;
      try {
        if (await this.ask(request)) return;
      } catch (thrown) {
        if (!isSagaError(thrown, 'SAGA_STORAGE_FAILED') || thrown.outcome === 'refused') throw thrown;
        error = thrown;
        delayMs = troubleDelayMs;
        troubleDelayMs = Math.min(troubleDelayMs * 2, longestDelayMs);
      }
      if (this.clock.monotonicNow() >= deadline) {
        const outcome = request.unanswered === undefined ? 'not-written' : 'unknown';
        throw new SagaStorageError(name, outcome, { cause: error });
      }
      // Once at once: most trouble and most races are over by then.
      if (attempt > 1) await this.sleep(delayMs * (0.5 + this.ids.random() / 2));
    }
  }

  /** Reads the journal, decides and writes. False: somebody else wrote in that place, so it is to be decided anew. */
  private async ask(request: Request): Promise<boolean> {
    const { sagaId, draft, unanswered } = request;
    const loaded = await this.storage.load(sagaId);
    if (loaded === undefined) throw new SagaNotFoundError(sagaId);
    if (unanswered !== undefined && loaded.entries.some(({ seq }) => seq === unanswered)) {
      if (isStored(loaded, unanswered, draft)) {
        await this.storage.untilDurable?.();
        this.requested(sagaId, draft);
        return true;
      }
      request.unanswered = undefined;
    }
    const definition = this.definitionOf(loaded);
    const state = foldJournal(loaded.header, loaded.entries);
    if (!request.isWanted(state, sagaId, definition)) {
      // It was asked for before, and an answer says that it is durable.
      await this.storage.untilDurable?.();
      return true;
    }
    const entry = withStatus(definition, state, draft);
    const after = applyEntry(state, entry);
    const { seq } = after;
    const change = projectHeader(state, after, undefined);
    const append = { sagaId, seq, worker: undefined, entry };
    try {
      const result = await this.storage.append(change === undefined ? append : { ...append, change });
      if (result !== 'stored') return false;
    } catch (error) {
      if (isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'unknown') request.unanswered = seq;
      throw error;
    }
    this.requested(sagaId, draft);
    return true;
  }

  private sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startTimer(delayMs, resolve);
    });
  }

  private requested(sagaId: string, draft: RequestDraft): void {
    if (draft.kind === 'cancel-requested') this.worker.notice(sagaId, { isCancel: true });
    this.worker.lookForWork();
  }

  private definitionOf({ header }: LoadedSaga): SagaDefinition {
    const definition = this.registry.find(header.saga, header.version);
    if (definition !== undefined) return definition;
    const known = this.registry.identities.map(({ saga, version }) => `${saga} version ${version}`);
    throw new SagaNotRegisteredError(
      `"${header.saga}" version ${header.version}`,
      known,
      'Ask a process that has this saga',
    );
  }
}

function checkResolution(outcome: unknown): StepResolution {
  if (outcome === 'done' || outcome === 'not-done') return outcome;
  throw new InvalidArgumentError('outcome', 'pass "done" or "not-done"');
}

function isStored({ entries }: LoadedSaga, seq: number, draft: EntryDraft): boolean {
  const stored: JournalEntry | undefined = entries.find((entry) => entry.seq === seq);
  if (stored === undefined || stored.kind !== draft.kind || stored.worker !== undefined) return false;
  const text = (entry: object, name: string): unknown => Reflect.get(entry, name);
  return ['actor', 'note', 'reason', 'step', 'outcome'].every(
    (name) => text(stored, name) === text(draft, name),
  );
}
