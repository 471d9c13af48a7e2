import type { SagaDefinition } from '../definition/saga-definition.js';
import type { SagaRegistry } from '../definition/saga-registry.js';
import { SagaNotFoundError } from '../errors/saga-not-found-error.js';
import { SagaNotRegisteredError } from '../errors/saga-not-registered-error.js';
import { isSagaError } from '../identity/thrown.js';
import { foldJournal } from '../journal/fold-journal.js';
import type { JournalEntry, StepEntry } from '../journal/journal-entry.js';
import { isStepEntry } from '../journal/is-step-entry.js';
import type { SagaHeading } from '../journal/saga-header.js';
import type { SagaStanding } from '../journal/saga-standing.js';
import { standingOf } from '../journal/saga-standing.js';
import { isOpen, isTerminal, SagaStatus } from '../journal/saga-status.js';
import { toSagaWait } from '../journal/saga-wait.js';
import type { SagaStepResult } from '../journal/step-result.js';
import { toStepResult } from '../journal/step-result.js';
import type { Clock } from '../ports/clock.js';
import { loadJournal } from '../ports/load-journal.js';
import { maximumSeq } from '../ports/maximum-seq.js';
import type { SagaOutline, SagaStorage } from '../ports/saga-storage.js';
import type { JournalObserver } from '../worker/journal-observer.js';
import type { JournalWatch } from '../worker/journal-watch.js';
import type { SagaRun } from './ended-here.js';
import { endedHere } from './ended-here.js';
import type { FrameObserver, ResultObserver } from './saga-observers.js';
import type { SagaEnd, SagaOutcome } from './saga-outcome.js';
import { toEnd, toOutcome } from './saga-outcome.js';
import type { SagaStarted } from './saga-started.js';
import { toSagaStarted } from './saga-started.js';
import type { StartedSaga } from './saga-starter.js';
import type { SagaKey } from './start-options.js';
import { checkSagaId, checkSagaReference } from './start-options.js';
import { mayWait, WatchedWait } from './watched-wait.js';

/** A saga at the beginning of a watch. */
interface Introduction {
  readonly definition: SagaDefinition;
  /** Undefined if this process has just started it: it did not wait then. */
  readonly header: SagaHeading | undefined;
  readonly entries: readonly JournalEntry[];
}

/** Reads sagas: their state, their history, their new results and their end. */
export class SagaReader {
  constructor(
    private readonly storage: SagaStorage,
    private readonly registry: SagaRegistry,
    private readonly watch: JournalWatch,
    private readonly clock: Clock,
    private readonly retryIntervalMs: number,
    /** The run in this process that has just recorded this entry of a saga. */
    private readonly runAt: (sagaId: string, seq: number) => SagaRun | undefined,
  ) {}

  /**
   * The state of a saga, or undefined if there is none with this id or key.
   *
   * @throws InvalidArgumentError
   */
  async find(reference: string | SagaKey): Promise<SagaStanding | undefined> {
    const checked = checkSagaReference(reference);
    const sagaId = typeof checked === 'string' ? checked : await this.idOf(checked);
    const [standing] = sagaId === undefined ? [] : await this.standings([sagaId]);
    return standing;
  }

  /**
   * The states of sagas, in the order of their ids, without unknown ones. As many as one read returns, but at least
   * one: ask again for the rest.
   */
  async standings(sagaIds: readonly string[]): Promise<readonly SagaStanding[]> {
    const outlines = await this.storage.readOutlines(sagaIds);
    return outlines.map((outline) => {
      const { saga, version } = outline.header;
      return standingOf(outline.isWhole ? this.registry.find(saga, version) : undefined, outline);
    });
  }

  /**
   * All entries of a saga with their values, in order: in reads of a limited size.
   *
   * @throws SagaNotFoundError
   */
  async history(sagaId: string): Promise<readonly JournalEntry[]> {
    const loaded = await loadJournal(this.storage, checkSagaId(sagaId));
    if (loaded === undefined) throw new SagaNotFoundError(sagaId);
    return loaded.entries;
  }

  /**
   * The identity of a saga, before or after a step of it has ended.
   *
   * @param started The result of a start, which saves a read.
   * @throws SagaNotFoundError, SagaNotRegisteredError
   */
  async started(sagaId: string, started?: StartedSaga): Promise<SagaStarted> {
    await started?.transaction;
    if (
      started?.transaction === undefined &&
      started !== undefined &&
      started.version === started.definition.version
    )
      return toSagaStarted(sagaId, started.definition);
    const header = await this.retryReads(() => this.storage.find(checkSagaId(sagaId)));
    if (header === undefined) throw new SagaNotFoundError(sagaId);
    return toSagaStarted(sagaId, this.definitionOf(header));
  }

  /**
   * Notifies the observer of the results after `afterSeq`, in any process, and then of its end.
   *
   * @param started The result of a start, so that the original error object can be the cause of the outcome.
   * @returns The function that ends the watch; the saga itself continues.
   */
  follow(
    sagaId: string,
    afterSeq: number,
    observer: ResultObserver,
    started?: StartedSaga,
    wait?: WatchedWait,
  ): () => void {
    let isOver = false;
    let seq = afterSeq;
    let end: (() => void) | undefined;
    const finish = (tell: () => void): void => {
      if (isOver) return;
      isOver = true;
      tell();
    };
    const watchOn = (): void => {
      if (!isOver) end = this.watch.watch(sagaId, seq, journalObserver);
    };
    const journalObserver: JournalObserver = {
      onEntry: (entry, header) => {
        seq = entry.seq;
        wait?.take(entry, header);
        if (isOver || !isStepEntry(entry)) return;
        const result = this.toResult(header, entry);
        if (isSagaError(result, 'SAGA_NOT_REGISTERED')) {
          end?.();
          finish(() => observer.onError(result));
        } else observer.onResult(result);
      },
      onEnd: (header) => {
        this.endAt(header, seq, this.runAt(sagaId, seq) ?? started).then(
          (ended) => (ended === undefined ? watchOn() : finish(() => observer.onEnd(ended))),
          (error: unknown) => finish(() => observer.onError(error)),
        );
      },
      onMissing: () => finish(() => observer.onError(new SagaNotFoundError(sagaId))),
      ...(wait === undefined ? {} : { onCaughtUp: () => isOver || wait.caughtUp(seq) }),
    };
    wait?.caughtUp(seq);
    watchOn();
    return () => {
      isOver = true;
      end?.();
    };
  }

  /**
   * As `follow`, and notifies the observer of who the saga is and what it waits for. A wait that was over when the journal was
   * read is left out.
   */
  followFrames(sagaId: string, afterSeq: number, observer: FrameObserver, started?: StartedSaga): () => void {
    let isOver = false;
    let end: (() => void) | undefined;
    this.introduce(sagaId, started).then(
      ({ definition, header, entries }) => {
        if (isOver) return;
        const wait = new WatchedWait((begun, deadlineAt) =>
          observer.onWaiting(toSagaWait(definition, begun, deadlineAt)),
        );
        if (header !== undefined) wait.begin(header, entries);
        observer.onStarted(toSagaStarted(sagaId, definition));
        end = this.follow(sagaId, afterSeq, observer, started, wait);
      },
      (error: unknown) => {
        if (!isOver) observer.onError(error);
      },
    );
    return () => {
      isOver = true;
      end?.();
    };
  }

  /** The end of a saga in any process. Waits until it has ended or is stuck. */
  async outcome(sagaId: string, started?: StartedSaga): Promise<SagaOutcome> {
    await started?.transaction;
    let here = await endedHere(sagaId, started);
    for (;;) {
      if (here !== undefined && here.outcome.status !== 'stuck') return here.outcome;
      const run = await this.retryReads(() => this.ended(sagaId));
      here = (await endedHere(sagaId, run)) ?? here;
      const outline = await this.retryReads(() => this.outline(sagaId));
      // An operator may have resumed a stuck saga since it got stuck here, or between the two calls.
      if (here?.seq === lastSeq(outline)) return here.outcome;
      if (!isOpen(outline.header.status)) return this.outcomeOf(outline);
    }
  }

  /** Its journal is only read if it may wait. */
  private async introduce(sagaId: string, started: StartedSaga | undefined): Promise<Introduction> {
    if (started?.isFresh === true) return { definition: started.definition, header: undefined, entries: [] };
    const header = await this.retryReads(() => this.storage.find(checkSagaId(sagaId)));
    if (header === undefined) throw new SagaNotFoundError(sagaId);
    const definition = this.definitionOf(header);
    if (!mayWait(definition, header)) return { definition, header, entries: [] };
    return { definition, ...(await this.retryReads(() => this.outline(sagaId))) };
  }

  private async idOf({ saga, key }: SagaKey): Promise<string | undefined> {
    return (await this.storage.findByKey(saga, key))?.sagaId;
  }

  /** The end of a saga whose journal ended at `seq`, or undefined if an operator has resumed a stuck one since. */
  private async endAt(
    header: SagaHeading,
    seq: number,
    run: SagaRun | undefined,
  ): Promise<SagaEnd | undefined> {
    const { sagaId } = header;
    const here = await endedHere(sagaId, run);
    if (here?.seq === seq) return here.outcome;
    const hasGoneOn = header.status === SagaStatus.Stuck && (await this.hasGoneOn(sagaId, seq));
    return hasGoneOn ? undefined : toEnd(header);
  }

  private async hasGoneOn(sagaId: string, seq: number): Promise<boolean> {
    const [news] = await this.retryReads(() => this.storage.readNews([{ sagaId, afterSeq: seq }]));
    return news?.header?.status !== SagaStatus.Stuck || news.entries.length > 0;
  }

  private outcomeOf({ header, entries, context }: SagaOutline): SagaOutcome {
    // Nearly no saga has a cancel, and only the fold knows whether it came too late.
    const hasCancel = entries.some(({ kind }) => kind === 'cancel-requested');
    const isCancelLate = hasCancel && foldJournal(header, entries).isCancelLate;
    return toOutcome(this.definitionOf(header), header, { context, isCancelLate });
  }

  private async outline(sagaId: string): Promise<SagaOutline> {
    const [outline] = await this.storage.readOutlines([sagaId]);
    if (outline === undefined) throw new SagaNotFoundError(sagaId);
    return outline;
  }

  /** Retries a read for a caller that waits anyway: the saga continues while the storage has a problem. */
  private async retryReads<Result>(read: () => Promise<Result>): Promise<Result> {
    for (;;) {
      try {
        return await read();
      } catch (error) {
        const isPassing = isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused';
        if (!isPassing || this.watch.closed) throw error;
      }
      await new Promise<void>((resolve) => {
        this.clock.startTimer(this.retryIntervalMs, resolve);
      });
    }
  }

  /**
   * Resolves when the saga has ended or is stuck, with the run of its last entry if that was in this process, after
   * this call.
   */
  private async ended(sagaId: string): Promise<SagaRun | undefined> {
    const header = await this.storage.find(checkSagaId(sagaId));
    if (header === undefined) throw new SagaNotFoundError(sagaId);
    if (isTerminal(header.status) || header.status === SagaStatus.Stuck) return undefined;
    return new Promise<SagaRun | undefined>((resolve, reject) => {
      // The watch begins after all entries, because only the end is needed.
      this.watch.watch(sagaId, maximumSeq, {
        onEntry: () => undefined,
        onEnd: (_header, seq) => resolve(this.runAt(sagaId, seq)),
        onMissing: () => reject(new SagaNotFoundError(sagaId)),
      });
    });
  }

  private toResult(header: SagaHeading, entry: StepEntry): SagaStepResult | SagaNotRegisteredError {
    const { sagaId } = header;
    const definition = this.registry.findFor(header);
    if (definition === undefined) return this.notRegistered(header);
    return toStepResult(sagaId, definition, entry);
  }

  private definitionOf(header: SagaHeading): SagaDefinition {
    const definition = this.registry.findFor(header);
    if (definition !== undefined) return definition;
    throw this.notRegistered(header);
  }

  private notRegistered(header: SagaHeading): SagaNotRegisteredError {
    const known = this.registry.identities.map(({ saga, version }) => `${saga} version ${version}`);
    return new SagaNotRegisteredError(
      `"${header.saga}" version ${header.version}`,
      known,
      'Register it here too, to read its contexts and responses',
    );
  }
}

function lastSeq({ entries }: SagaOutline): number {
  return entries.at(-1)?.seq ?? 0;
}
