import type { DataSource } from 'typeorm';

/**
 * Warns once of a start in a transaction of the caller, outside of which the start stays. It is known only if a library such as
 * typeorm-transactional makes `dataSource.manager` the manager of the transaction around the call; a transaction whose manager
 * is a parameter of a function cannot be seen from here.
 */
export class StartWarning {
  private isGiven = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly warn: (message: string) => void,
  ) {}

  check(): void {
    // hot path: for every start.
    if (this.isGiven || this.dataSource.manager.queryRunner?.isTransactionActive !== true) return;
    this.isGiven = true;
    this.warn(
      'A saga was started within a transaction, and stays outside of it: it runs even if the transaction is rolled back. Use startIn(manager, context) there, or start it after the commit. This is said once.',
    );
  }
}
