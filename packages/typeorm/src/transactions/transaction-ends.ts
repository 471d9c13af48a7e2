import type { DataSource, EntitySubscriberInterface, QueryRunner } from 'typeorm';

interface Ended {
  readonly queryRunner: QueryRunner;
}

interface End {
  readonly ended: Promise<boolean>;
  readonly resolve: (isCommitted: boolean) => void;
}

/** Knows how the transactions of a data source end, for those that are asked for. */
export class TransactionEnds implements EntitySubscriberInterface {
  private readonly ends = new Map<QueryRunner, End>();

  /** Observes an initialized data source. A second call has no effect until the data source is initialized again. */
  observe({ subscribers }: DataSource): void {
    if (!subscribers.includes(this)) subscribers.push(this);
  }

  /** Resolves at the end of the open transaction of a runner, with true if it was committed. */
  of(runner: QueryRunner): Promise<boolean> {
    const known = this.ends.get(runner);
    if (known !== undefined) return known.ended;
    let resolve: End['resolve'] = () => undefined;
    const ended = new Promise<boolean>((settle) => (resolve = settle));
    this.ends.set(runner, { ended, resolve });
    return ended;
  }

  afterTransactionCommit({ queryRunner }: Ended): void {
    // The end of a nested transaction releases a savepoint of one that is still open.
    if (!queryRunner.isTransactionActive) this.end(queryRunner, true);
  }

  afterTransactionRollback({ queryRunner }: Ended): void {
    if (!queryRunner.isTransactionActive) this.end(queryRunner, false);
  }

  /** A broken connection cannot be rolled back, and then this is the last event. */
  beforeTransactionRollback({ queryRunner }: Ended): void {
    if (depthOf(queryRunner) <= 1) this.end(queryRunner, false);
  }

  private end(runner: QueryRunner, isCommitted: boolean): void {
    this.ends.get(runner)?.resolve(isCommitted);
    this.ends.delete(runner);
  }
}

/** The number of open transactions of a runner, each within the one before. */
function depthOf(runner: QueryRunner): number {
  const { transactionDepth } = runner as unknown as { readonly transactionDepth?: number };
  return transactionDepth ?? 1;
}
