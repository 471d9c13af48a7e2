import { applyEntry } from '../journal/apply-entry.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { RecordedStepError } from '../errors/recorded-step-error.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { SagaState } from '../journal/saga-state.js';
import { isOpen } from '../journal/saga-status.js';
import type { LetGoReason } from '../ports/saga-listener.js';
import type { IdGenerator } from '../ports/id-generator.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import type { FinishedAttempt } from './decide-entry.js';
import { decideEntry } from './decide-entry.js';
import { isSameEntry } from './is-same-entry.js';
import type { JournalWriter } from './journal-writer.js';
import { LetGo } from './let-go.js';
import { afterWait, nextAction } from './next-action.js';
import type { ActAction, CompensateAction, WaitAction } from './next-action.js';
import { projectHeader } from './project-header.js';
import { StepAttempt } from './step-attempt.js';
import type { StepAttemptDependencies } from './step-attempt.js';
import { Wait } from './wait.js';

/** What an executor needs from its worker. */
export interface SagaExecutorDependencies extends StepAttemptDependencies {
  readonly worker: string;
  readonly writer: JournalWriter;
  readonly ids: IdGenerator;
  /** Is told each entry once it is durable, in order. */
  onRecorded(recorded: RecordedEntry): void;
}

/** An entry that is durable, with the states around it. */
export interface RecordedEntry {
  readonly definition: SagaDefinition;
  readonly header: SagaHeader;
  readonly entry: JournalEntry;
  readonly before: SagaState;
  readonly after: SagaState;
}

/** How a run ended: the saga stands where `state` says, or this process let it go. */
export type ExecutionEnd =
  | { readonly kind: 'ended'; readonly state: SagaState; readonly cause: unknown }
  | {
      readonly kind: 'let-go';
      readonly state: SagaState;
      readonly reason: LetGoReason;
      readonly error?: unknown;
    };

/**
 * Runs one saga from wherever its journal stands: asks what is next, runs it, appends the outcome, tells it, and
 * again. It never decides on anything but the journal, so a start and a recovery are the same loop.
 */
export class SagaExecutor {
  private attempt: StepAttempt | undefined;
  private wait: Wait | undefined;
  private stopReason: 'lease-lost' | 'shutdown' | undefined;
  private hasNews = false;
  private isAborted = false;
  private cause: unknown;
  /** Of the acts that are no alternative, so that while one runs it is its primary's. */
  private primaryCause: unknown;

  constructor(
    private readonly dependencies: SagaExecutorDependencies,
    private readonly definition: SagaDefinition,
    private readonly header: SagaHeader,
    private state: SagaState,
  ) {}

  /** The last entry this executor knows of. */
  get seq(): number {
    return this.state.seq;
  }

  /**
   * Runs until the saga ends, is stuck, or must be let go. Call once; never rejects.
   *
   * @param onBegin Called before anything runs. What it throws is trouble with the saga's record.
   */
  async run(onBegin?: () => void): Promise<ExecutionEnd> {
    try {
      onBegin?.();
      await this.loop();
      return { kind: 'ended', state: this.state, cause: this.cause };
    } catch (error) {
      if (error instanceof LetGo)
        return { kind: 'let-go', state: this.state, reason: error.reason, error: error.cause };
      return { kind: 'let-go', state: this.state, reason: 'trouble', error };
    }
  }

  /** Something that this executor did not write is in the journal: a cancel, or another worker's claim. */
  notice(news: { readonly isCancel: boolean }): void {
    this.hasNews = true;
    this.wait?.end();
    if (news.isCancel && this.state.direction === 'forward') this.attempt?.abort('cancelled');
  }

  /** Starts no further step. A running one is told to stop only by `abort`. */
  stop(reason: 'lease-lost' | 'shutdown'): void {
    this.stopReason ??= reason;
    this.wait?.end();
    if (reason === 'lease-lost') this.attempt?.abort(reason);
  }

  /** The shutdown can wait no longer: tells a running step to stop, and stops trying to write. */
  abort(): void {
    this.stop('shutdown');
    this.isAborted = true;
    this.attempt?.abort('shutdown');
  }

  private async loop(): Promise<void> {
    for (;;) {
      const action = nextAction(this.definition, this.state);
      switch (action.kind) {
        case 'act':
        case 'compensate':
          await this.runStep(action);
          break;
        case 'wait':
          await this.waitUntil(action);
          break;
        case 'settle':
          if (action.entry === undefined) return;
          await this.commit((state) => {
            const again = nextAction(this.definition, state);
            return again.kind === 'settle' ? again.entry : undefined;
          });
      }
    }
  }

  private async runStep(action: ActAction | CompensateAction): Promise<void> {
    if (this.hasNews) return this.catchUp();
    this.checkMayRun();
    const { clock, ids } = this.dependencies;
    const startedAt = new Date(clock.now());
    this.attempt = new StepAttempt(this.dependencies, this.definition, this.header, this.state, action);
    const outcome = await this.attempt.start();
    this.attempt = undefined;
    if (outcome.kind === 'let-go') throw new LetGo(outcome.reason);
    const finishedAt = new Date(clock.now());
    const attempt: FinishedAttempt = {
      action,
      outcome,
      startedAt,
      finishedAt,
      random: outcome.kind === 'failed' ? ids.random() : 0,
    };
    if (outcome.kind === 'failed' && action.kind === 'act') this.rememberCause(outcome.error);
    await this.commit((state) => decideEntry(this.definition, state, attempt));
  }

  /** Appends what `decide` makes of the newest state; a conflict reads the journal, and decides again while still owner. */
  private async commit(decide: (state: SagaState) => EntryDraft | undefined): Promise<void> {
    for (;;) {
      const draft = decide(this.state);
      if (draft === undefined) return;
      const { worker, writer } = this.dependencies;
      const seq = this.state.seq + 1;
      const after = applyEntry(this.definition, this.state, draft, seq);
      const change = projectHeader(this.state, after, worker);
      const { sagaId } = this.header;
      const request =
        change === undefined
          ? { sagaId, seq, worker, entry: draft }
          : { sagaId, seq, worker, entry: draft, change };
      const result = await writer.append(request, this.mayKeepTrying);
      if (result === 'stored') {
        // The spread last: with properties behind it, it costs V8 microseconds.
        return this.advance(
          { seq, worker, recordedAt: new Date(this.dependencies.clock.now()), ...draft },
          after,
        );
      }
      // Either somebody else wrote here, or this very entry is stored and its answer was lost.
      if (await this.reload({ draft, seq })) return;
      // It ended, and not by this: there is nothing left to write.
      if (!isOpen(this.state.status)) return;
    }
  }

  private async catchUp(): Promise<void> {
    this.hasNews = false;
    await this.reload(undefined);
  }

  /** Folds in what others wrote. Answers whether the given draft is among what is stored. */
  private async reload(
    mine: { readonly draft: EntryDraft; readonly seq: number } | undefined,
  ): Promise<boolean> {
    const loaded = await this.dependencies.writer.load(this.header.sagaId, this.mayKeepTrying);
    if (loaded === undefined) throw new LetGo('fenced');
    const isStored = mine !== undefined && this.isMine(loaded, mine);
    for (const entry of loaded.entries) {
      if (entry.seq !== this.state.seq + 1) continue;
      // From a claim on it is another owner's, and that one tells it.
      if (entry.kind === 'claimed') throw new LetGo('fenced');
      this.advance(entry, applyEntry(this.definition, this.state, entry, entry.seq));
    }
    const isMineOrEnded = loaded.header.owner === this.dependencies.worker || !isOpen(loaded.header.status);
    if (!isMineOrEnded) throw new LetGo('fenced');
    return isStored;
  }

  private isMine(loaded: LoadedSaga, mine: { readonly draft: EntryDraft; readonly seq: number }): boolean {
    const stored = loaded.entries.find((entry) => entry.seq === mine.seq);
    return (
      stored !== undefined && stored.worker === this.dependencies.worker && isSameEntry(stored, mine.draft)
    );
  }

  private advance(entry: JournalEntry, after: SagaState): void {
    const before = this.state;
    this.state = after;
    this.dependencies.onRecorded({ definition: this.definition, header: this.header, entry, before, after });
  }

  private async waitUntil({ until, atMostMs }: WaitAction): Promise<void> {
    if (this.hasNews) return this.catchUp();
    this.checkMayRun();
    this.wait = new Wait(this.dependencies.clock, until, atMostMs);
    const isOver = await this.wait.over;
    this.wait = undefined;
    if (isOver) this.state = afterWait(this.state);
  }

  private checkMayRun(): void {
    if (this.stopReason !== undefined) throw new LetGo(this.stopReason);
    if (!this.dependencies.isLeaseValid()) throw new LetGo('lease-lost');
  }

  // A write is tried again for as long as this worker owns the saga: failing to write is never a failure of the saga.
  private readonly mayKeepTrying = (): boolean => !this.isAborted && this.dependencies.isLeaseValid();

  private rememberCause(error: unknown): void {
    this.cause = error;
    const { isAlternative, primaryError } = this.state;
    if (!isAlternative) this.primaryCause = error;
    else if (primaryError !== undefined && error instanceof Error) {
      // Another process may have run the primary, and both may throw one object, which is not its own cause.
      const isLive = this.primaryCause !== undefined && this.primaryCause !== error;
      const cause = isLive ? this.primaryCause : new RecordedStepError(primaryError);
      // A frozen error keeps its own shape.
      Reflect.defineProperty(error, 'cause', { value: cause, configurable: true, writable: true });
    }
  }
}
