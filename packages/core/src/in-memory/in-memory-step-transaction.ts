import { SagaStorageError } from '../errors/saga-storage-error.js';
import { isSagaError } from '../identity/thrown.js';
import type { AppendRequest, AppendResult, SagaStorage, StorageTransaction } from '../ports/saga-storage.js';

/** The parts of a storage in memory that its transactions need. */
type Memory = Pick<SagaStorage, 'append' | 'find' | 'readNews'> & {
  transaction<Result>(work: (handle: object) => Promise<Result>): Promise<Result>;
};

/** A transaction of a step in memory: its entry, and what the step started and sent, are stored at its commit. */
export class InMemoryStepTransaction {
  private isAbandoned = false;
  private appended: AppendRequest | undefined;
  private isCommitted = false;
  /** Ends the transaction of the storage; no caller gets it. */
  private readonly rollback = new Error('rolled back');

  constructor(
    private readonly memory: Memory,
    private readonly given: object | undefined,
  ) {}

  async run<Result>(work: (transaction: StorageTransaction) => Promise<Result>): Promise<Result> {
    let result: { readonly value: Result } | undefined;
    try {
      return await this.memory.transaction(async (handle) => {
        result = { value: await work(this.as(this.given ?? handle)) };
        if (!this.isCommitted) throw this.rollback;
        return result.value;
      });
    } catch (error) {
      if (error === this.rollback && result !== undefined) return result.value;
      throw error;
    }
  }

  private as(handle: object): StorageTransaction {
    return {
      handle,
      append: (request) => this.append(request),
      commit: () => this.commit(),
      abandon: () => {
        this.isAbandoned = true;
      },
      isTransient: (error) => isSagaError(error, 'SAGA_STORAGE_FAILED') && error.outcome !== 'refused',
    };
  }

  private async append(request: AppendRequest): Promise<AppendResult> {
    this.check();
    const { sagaId, seq } = request;
    const [news] = await this.memory.readNews([{ sagaId, afterSeq: seq - 2 < 0 ? 0 : seq - 2 }]);
    const heading = news?.header ?? (await this.memory.find(sagaId));
    const lastSeq = news?.entries.at(-1)?.seq ?? 0;
    const isOpen = heading !== undefined && heading.status !== 'completed' && heading.status !== 'failed';
    if (!isOpen || lastSeq !== seq - 1) return 'fenced';
    this.appended = request;
    return 'stored';
  }

  private async commit(): Promise<void> {
    this.check();
    const { appended } = this;
    if (appended !== undefined && (await this.memory.append(appended)) !== 'stored')
      throw new SagaStorageError('commit', 'not-written');
    this.isCommitted = true;
  }

  private check(): void {
    if (this.isAbandoned) throw new SagaStorageError('transact', 'not-written');
  }
}
