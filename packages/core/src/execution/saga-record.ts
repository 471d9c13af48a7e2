import type { SagaDefinition } from '../definition/saga-definition.js';
import type { SagaStorageError } from '../errors/saga-storage-error.js';
import { applyEntry } from '../journal/apply-entry.js';
import { projectHeader } from '../journal/header-change.js';
import { isSameEntry } from '../journal/is-same-entry.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/is-step-entry.js';
import type { SagaHeader } from '../journal/saga-header.js';
import { sealTexts } from '../journal/sealed-texts.js';
import type { SagaState } from '../journal/saga-state.js';
import { isOpen } from '../journal/saga-status.js';
import type { LoadedSaga } from '../ports/saga-storage.js';
import type { EventClasses } from './attempt-run.js';
import type { CheckpointWriter } from './checkpoint-writer.js';
import type { FinishedAttempt } from './decide-entry.js';
import { decideEntry } from './decide-entry.js';
import { decidePark } from './decide-park.js';
import { withStatus } from './decide-status.js';
import type { UndeliveredEvents } from './delivery.js';
import type { WriteLimit } from './journal-writer.js';
import { nextActions, nextActionsThatFit } from './next-actions.js';
import type { Action } from './action.js';
import { withJoin, withoutChange } from './join-branches.js';
import { leadingToStage, leadingToWait } from './next-entry.js';
import type { PendingAppend } from './pending-append.js';
import { beginDelivery } from './pending-delivery.js';
import type { PendingDelivery } from './pending-delivery.js';
import { entryWithoutValues, refusalIn, stuckOfRefusal } from './refused-entry.js';
import type { SagaExecutorDependencies } from './saga-executor-dependencies.js';
import type { StepAttempt } from './step-attempt.js';
import { StopRun } from './stop-run.js';

/** The journal of a saga, as the process that runs it sees it: its state, and the appends that move it, one at a time. */
export class SagaRecord implements WriteLimit {
  stopReason: 'lease-lost' | 'shutdown' | undefined;
  /** Whether writes are not retried any more. */
  isAborted = false;
  /** The classes of the events of the last attempt. */
  eventClasses: EventClasses | undefined;
  /** The act that may have been called and has no entry yet. */
  openAct: Pick<StepAttempt, 'openActs'> | undefined;
  /** The delivery of the last entry's events, until every handler has handled them or was given up. */
  delivery: PendingDelivery | undefined;
  /** Whether all entries folded so far are known to fit the definition. */
  private isFitting = false;
  /** The newest entry that is not known to be stored. */
  private lastAppend: PendingAppend | undefined;

  constructor(
    private readonly dependencies: SagaExecutorDependencies,
    readonly definition: SagaDefinition,
    readonly header: SagaHeader,
    public state: SagaState,
  ) {}

  /** A write is retried while this worker owns the saga: a failed write is never a failure of the saga. */
  mayKeepTrying(): boolean {
    return !this.isAborted && this.dependencies.isLeaseValid();
  }

  /** Whether another owner delivers the events of the last entry. */
  isOver(): boolean {
    return this.stopReason === 'lease-lost' || !this.mayKeepTrying();
  }

  /** Checks whether the journal fits only after a read: the entries of this process always fit. */
  nextActions(): readonly Action[] {
    if (this.isFitting) return nextActionsThatFit(this.definition, this.state);
    this.isFitting = true;
    return nextActions(this.definition, this.state);
  }

  /** The entry that records an attempt. */
  decide(state: SagaState, attempt: FinishedAttempt): EntryDraft {
    const { action } = attempt;
    if (action.branch !== undefined || 'isSideBySide' in action) return this.decideSideBySide(state, attempt);
    return decidePark(decideEntry(this.definition, state, attempt), this.dependencies.parkAboveMs);
  }

  /** Other attempts may run, so the saga is not parked, and the context stays as it is until all branches are joined. */
  private decideSideBySide(state: SagaState, attempt: FinishedAttempt): EntryDraft {
    const { definition, header } = this;
    const kept = withoutChange(definition, header.sagaId, state, attempt);
    return withJoin(definition, header.sagaId, state, decideEntry(definition, state, kept));
  }

  /** Appends an entry at the next `seq`. */
  append(
    draft: EntryDraft,
    writer: Pick<CheckpointWriter, 'append'> = this.dependencies.writer,
  ): PendingAppend {
    const { worker, pointers: messages } = this.dependencies;
    // hot path: few entries have events, so the handlers are rarely asked for.
    const waits = 'events' in draft && this.dependencies.waitsForHandlers();
    const onward = leadingToStage(this.definition, this.state, draft);
    const led = leadingToWait(this.definition, this.state, onward, this.dependencies, waits);
    const entry = withStatus(this.definition, this.state, led, waits);
    const after = applyEntry(this.state, entry);
    const change = projectHeader(this.state, after, worker);
    const { sagaId } = this.header;
    const pointers = messages?.of(this.header, this.state.claimSeq, entry, change);
    const { seq } = after;
    const request =
      change === undefined ? { sagaId, seq, worker, entry } : { sagaId, seq, worker, entry, change };
    const { codec } = this.definition;
    const written = codec.encrypts === true ? sealTexts(codec, request) : request;
    const result = writer.append(pointers === undefined ? written : { ...written, pointers }, this);
    return (this.lastAppend = { draft: entry, seq, after, pointers, result });
  }

  /** The entry is stored. */
  recorded({ draft, seq, after, pointers }: PendingAppend): void {
    this.lastAppend = undefined;
    const { worker, clock } = this.dependencies;
    // hot path: the spread is last, because with further properties after it, it takes microseconds.
    this.advance({ seq, worker, recordedAt: new Date(clock.now()), ...draft }, after, pointers);
  }

  /**
   * Appends the entry that `decide` returns for the newest state. After a conflict it reads the journal and, if this
   * process is still the owner, decides again.
   */
  async commit(
    decide: (state: SagaState) => EntryDraft | undefined,
    refused: readonly PendingAppend[] = [],
  ): Promise<void> {
    for (;;) {
      const draft = decide(this.state);
      if (draft === undefined) return;
      const pending = this.append(draft);
      if ((await pending.result) === 'stored') return this.recorded(pending);
      if (await this.isResolved(pending, ...refused)) return;
    }
  }

  /**
   * The storage refuses an entry with the values of an attempt: this writes one without them or, if that is refused
   * too, one that says that the saga is stuck.
   *
   * @param beforeStuck Awaited before that: other attempts of the saga have to end first.
   */
  async recordWithoutValues(
    attempt: FinishedAttempt,
    refusal: SagaStorageError,
    beforeStuck?: () => Promise<void>,
  ): Promise<void> {
    // Any of these may be stored after all: by an earlier try, whose answer was lost, before the one that was refused.
    const refused = this.lastAppend === undefined ? [] : [this.lastAppend];
    try {
      const park = attempt.action.branch === undefined ? this.dependencies.parkAboveMs : undefined;
      await this.commit(
        (state) => decidePark(entryWithoutValues(this.definition, state, attempt, refusal), park),
        refused,
      );
    } catch (error) {
      const stuck = stuckOfRefusal(this.definition, this.state, attempt, refusalIn(error));
      await beforeStuck?.();
      await this.commit(() => stuck, this.lastAppend === undefined ? refused : [...refused, this.lastAppend]);
    }
  }

  /**
   * Its `seq` was used already: by another writer, or by this very entry, whose answer was lost. False: decide again.
   */
  async isResolved(...pending: readonly PendingAppend[]): Promise<boolean> {
    if (await this.reload(...pending)) return true;
    // If another writer ended the saga, there is nothing left to write.
    return !isOpen(this.state.status);
  }

  /**
   * Folds the entries of other writers. Returns whether one of the given drafts is stored.
   *
   * @throws StopRun if this process does not own the saga any more, or cannot read it.
   */
  async reload(...mine: readonly Mine[]): Promise<boolean> {
    const loaded = await this.dependencies.writer.load(this.header.sagaId, this.state.seq, this);
    if (loaded === undefined) throw new StopRun('fenced');
    const stored = mine.find((one) => this.isMine(loaded, one));
    for (const entry of loaded.entries) {
      if (entry.seq !== this.state.seq + 1) continue;
      // From a claim on, entries belong to another owner, which publishes them.
      if (entry.kind === 'claimed') throw new StopRun('fenced');
      this.isFitting = false;
      const pointers = entry.seq === stored?.seq ? stored.pointers : undefined;
      this.advance(entry, applyEntry(this.state, entry), pointers);
    }
    const isMineOrEnded = loaded.header.owner === this.dependencies.worker || !isOpen(loaded.header.status);
    // If this very entry is stored and parked the saga, that is why it has no owner.
    if (!isMineOrEnded)
      throw new StopRun(stored !== undefined && this.state.park !== undefined ? 'parked' : 'fenced');
    return stored !== undefined;
  }

  /** Delivers the events of an entry. No further entry is recorded before `delivery` is over. */
  deliver({ entry, isGivenUp }: UndeliveredEvents, classes: EventClasses | undefined): void {
    const { definition, header } = this;
    const isOver = (): boolean => this.isOver();
    const delivered = { definition, header, entry, classes, isGivenUp, isOver };
    this.delivery = beginDelivery(this.dependencies.deliver, delivered);
  }

  private isMine(loaded: LoadedSaga, mine: Mine): boolean {
    const stored = loaded.entries.find((entry) => entry.seq === mine.seq);
    return (
      stored !== undefined && stored.worker === this.dependencies.worker && isSameEntry(stored, mine.draft)
    );
  }

  private advance(entry: JournalEntry, after: SagaState, pointers: PendingAppend['pointers']): void {
    const before = this.state;
    this.state = after;
    if (isStepEntry(entry)) this.openAct = undefined;
    const { definition, header, eventClasses } = this;
    this.dependencies.onRecorded({ definition, header, entry, before, after, eventClasses, pointers });
    if ('events' in entry && entry.events !== undefined)
      this.deliver({ entry, isGivenUp: () => false }, eventClasses);
  }
}

/** An entry of this process that may be stored. */
type Mine = Pick<PendingAppend, 'draft' | 'seq' | 'pointers'>;
