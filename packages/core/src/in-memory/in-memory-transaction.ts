import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { SagaStorageError } from '../errors/saga-storage-error.js';
import type { SagaHeader } from '../journal/saga-header.js';
import type { MessageTarget } from '../ports/saga-storage.js';

/** One write of a transaction. */
export interface DeferredWrite {
  /** Whether it can still be made: another writer may have been first. */
  isPossible(): boolean;
  make(): void;
}

/** What callers get of a transaction in memory: pass it to `startIn`, `enqueueIn` and `signalIn`. */
export class InMemoryTransaction {
  private readonly writes: DeferredWrite[] = [];
  private readonly headers: SagaHeader[] = [];
  private isOpen = true;
  private resolveEnd: (isCommitted: boolean) => void = () => undefined;
  /** Resolves at its end, with true if it was committed. */
  readonly end = new Promise<boolean>((resolve) => (this.resolveEnd = resolve));

  /** @throws InvalidArgumentError if it has ended. */
  checkOpen(): void {
    if (!this.isOpen)
      throw new InvalidArgumentError('manager', 'the transaction has ended; begin another one');
  }

  add(write: DeferredWrite, header?: SagaHeader): void {
    this.writes.push(write);
    if (header !== undefined) this.headers.push(header);
  }

  /** A saga that this transaction starts. */
  find(target: MessageTarget): SagaHeader | undefined {
    return this.headers.find((header) =>
      'sagaId' in target
        ? header.sagaId === target.sagaId
        : header.saga === target.saga && header.key === target.key,
    );
  }

  /** @throws SagaStorageError if another writer was first: then none of its writes is made. */
  commit(): void {
    const isPossible = this.writes.every((write) => write.isPossible());
    if (isPossible) for (const write of this.writes) write.make();
    this.close(isPossible);
    if (!isPossible) throw new SagaStorageError('commit', 'not-written');
  }

  rollback(): void {
    this.close(false);
  }

  private close(isCommitted: boolean): void {
    this.isOpen = false;
    this.resolveEnd(isCommitted);
  }
}
