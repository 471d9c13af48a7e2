const handle = Symbol.for('@nest-saga/transaction');

/** Gives the run of an attempt what the storage gives of its transaction. */
export function bindTransaction(run: object, transaction: unknown): void {
  Object.defineProperty(run, handle, { value: transaction });
}

/** Whether the attempt of a run shares a transaction with its entry. */
export function hasTransaction(run: object): boolean {
  return handle in run;
}

/** What the storage gives of the transaction of an attempt; undefined if it has none. */
export function transactionHandleOf(run: unknown): unknown {
  return typeof run === 'object' && run !== null ? (Reflect.get(run, handle) as unknown) : undefined;
}
