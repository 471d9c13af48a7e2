import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError } from '../identity/thrown.js';
import type { Clock } from '../ports/clock.js';
import type { IdGenerator } from '../ports/id-generator.js';
import { loadJournal } from '../ports/load-journal.js';
import type {
  AppendRequest,
  AppendResult,
  LoadedSaga,
  NewSaga,
  SagaStorage,
  StartResult,
  StorageTransaction,
} from '../ports/saga-storage.js';
import type { StepDefinition } from '../definition/saga-step.js';
import { StopRun } from './stop-run.js';

/** A problem of the storage, as a writer reports it. */
export interface StorageTrouble {
  readonly operation: string;
  readonly sagaId: string;
  readonly error: unknown;
}

/** Notified of the writes of a writer. */
export interface WriteObserver {
  onTrouble(trouble: StorageTrouble): void;
  /** A message to another saga is stored. */
  onTold(): void;
}

/** The limit of a writer's retries. */
export interface WriteLimit {
  mayKeepTrying(): boolean;
}

const firstDelayMs = 20;
const longestDelayMs = 2_000;

/**
 * Writes to the journal: after an error of the storage it retries with a growing delay for as long as the caller may.
 * Repeating a write with an unknown outcome is safe, because every write has its `seq`: the second one finds it used,
 * and the caller reads which entry has it.
 */
export class JournalWriter {
  constructor(
    private readonly storage: SagaStorage,
    private readonly clock: Clock,
    private readonly ids: IdGenerator,
    private readonly observer: WriteObserver,
  ) {}

  // hot path: the first try is nearly always the only one, and adds little to the storage's own promise.

  append(request: AppendRequest, limit: WriteLimit): Promise<AppendResult> {
    const result = this.storage
      .append(request)
      .catch((error: unknown) =>
        this.keepTrying('append', request.sagaId, limit, () => this.storage.append(request), error),
      );
    return request.tell === undefined ? result : this.told(result);
  }

  /**
   * Runs work in a transaction, as soon as one can be begun. The work is called once.
   *
   * @throws What the work throws, StopRun.
   */
  async transact<Result>(
    sagaId: string,
    { timeoutMs }: Pick<StepDefinition, 'timeoutMs'>,
    limit: WriteLimit,
    work: (transaction: StorageTransaction) => Promise<Result>,
  ): Promise<Result> {
    const { storage } = this;
    if (storage.transact === undefined)
      throw new StopRun('trouble', { cause: new TypeError('The storage has no transactions.') });
    const transact = storage.transact.bind(storage);
    let isBegun = false;
    const call = (): Promise<Result> =>
      transact(
        (transaction) => {
          isBegun = true;
          return work(transaction);
        },
        { timeoutMs },
      );
    try {
      return await call();
    } catch (error) {
      if (isBegun) throw error;
      return await this.keepTrying('transact', sagaId, limit, call, error, () => isBegun);
    }
  }

  start(saga: NewSaga, limit: WriteLimit): Promise<StartResult> {
    return this.storage
      .start(saga)
      .catch((error: unknown) =>
        this.keepTrying('start', saga.sagaId, limit, () => this.storage.start(saga), error),
      );
  }

  /** The saga with its entries after `afterSeq`. */
  load(sagaId: string, afterSeq: number, limit: WriteLimit): Promise<LoadedSaga | undefined> {
    const load = (): Promise<LoadedSaga | undefined> => loadJournal(this.storage, sagaId, afterSeq);
    return load().catch((error: unknown) => this.keepTrying('load', sagaId, limit, load, error));
  }

  private async told(result: Promise<AppendResult>): Promise<AppendResult> {
    const answer = await result;
    // If it is fenced, an earlier try may have been stored, and with it the message.
    this.observer.onTold();
    return answer;
  }

  private async keepTrying<Result>(
    operation: string,
    sagaId: string,
    limit: WriteLimit,
    call: () => Promise<Result>,
    firstError: unknown,
    isOver = (): boolean => false,
  ): Promise<Result> {
    let error = firstError;
    let isInDoubt = false;
    for (let delayMs = firstDelayMs; ; delayMs = Math.min(delayMs * 2, longestDelayMs)) {
      this.observer.onTrouble({ operation, sagaId, error });
      isInDoubt ||= isUnknown(error);
      if (!isWorthRetrying(error)) throw new StopRun('trouble', { cause: error });
      if (!limit.mayKeepTrying())
        throw new StopRun('lease-lost', { cause: isInDoubt ? inDoubt(operation, error) : error });
      await this.sleep(delayMs * (0.5 + this.ids.random() / 2));
      try {
        return await call();
      } catch (next) {
        if (isOver()) throw next;
        error = next;
      }
    }
  }

  /** Resolves after a delay, in milliseconds. */
  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.clock.startTimer(delayMs, resolve);
    });
  }
}

function isUnknown(error: unknown): boolean {
  return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome === 'unknown';
}

/** If the last try wrote nothing, an earlier one whose answer was lost may still have succeeded. */
function inDoubt(operation: string, error: unknown): unknown {
  return isUnknown(error) ? error : new SagaStorageError(operation, 'unknown', { cause: error });
}

function isWorthRetrying(error: unknown): boolean {
  return isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused';
}
