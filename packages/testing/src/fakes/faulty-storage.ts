import { SagaStorageError } from '@nest-saga/core';
import type { WriteOutcome } from '@nest-saga/core';
import { InterceptedStorage } from './intercepted-storage.js';
import type { StorageMethod } from './intercepted-storage.js';

/** The calls of a storage that fail, and the outcome in their errors. */
export interface StorageFault {
  /** Every method, if left out. */
  readonly method?: StorageMethod;
  /**
   * The outcome in the error. A call that fails with `unknown` has happened and only its answer is lost; the others
   * have not happened.
   */
  readonly outcome: WriteOutcome;
  /** The number of the first call of the method that fails, counted from the injection on. @default 1 */
  readonly fromCall?: number;
  /** The number of calls that fail. Without it all calls from then on fail. */
  readonly times?: number;
  /** With `unknown`: whether the call happens. @default true */
  readonly happens?: boolean;
}

interface ActiveFault extends StorageFault {
  calls: number;
}

/**
 * A storage whose calls fail as a test says: before anything is written, or after, with the answer lost. Everything
 * works until a fault is injected.
 *
 * @example
 * storage.inject({ method: 'append', outcome: 'unknown', times: 1 });
 */
export class FaultyStorage extends InterceptedStorage {
  private readonly faults = new Set<ActiveFault>();
  private readonly counts = new Map<StorageMethod, number>();

  /** Makes calls fail. Returns the function that ends the fault. */
  inject(fault: StorageFault): () => void {
    const active = { ...fault, calls: 0 };
    this.faults.add(active);
    return () => this.faults.delete(active);
  }

  /** The number of calls of a method, including the failed ones. */
  callsOf(method: StorageMethod): number {
    return this.counts.get(method) ?? 0;
  }

  protected async around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    this.counts.set(method, this.callsOf(method) + 1);
    const fault = [...this.faults].filter((candidate) => hits(candidate, method)).at(0);
    if (fault === undefined) return call();
    const { outcome } = fault;
    if (outcome === 'unknown' && fault.happens !== false) await call();
    throw new SagaStorageError(method, outcome, { cause: new Error('a fault that the test injected') });
  }
}

function hits(fault: ActiveFault, method: StorageMethod): boolean {
  if (fault.method !== undefined && fault.method !== method) return false;
  fault.calls++;
  const first = fault.fromCall ?? 1;
  return fault.calls >= first && fault.calls < first + (fault.times ?? Number.POSITIVE_INFINITY);
}
