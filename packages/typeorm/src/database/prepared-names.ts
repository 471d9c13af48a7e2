import type { Statement } from './statement.js';

/** How often statements have run when they are planned anew: with the tables, the best plan grows. */
const generationEnds: readonly number[] = [100, 1_000, 10_000, 100_000, 1_000_000];

/** A session may be reset now and then; a pooler that moves statements between sessions loses them all the time. */
const maximumLosses = 10;

/**
 * The names that statements are prepared under on each connection. PostgreSQL keeps a prepared statement's plan until
 * the tables are analysed, so a plan that was made while they were nearly empty (read the whole table) could outlive
 * the first thousands of sagas. A new name makes a new plan; few of them are ever made.
 */
export class PreparedNames {
  private runs = 0;
  private generation = 0;
  private losses = 0;
  private isUsable: boolean;

  constructor(
    private readonly prefix: string,
    isUsable: boolean,
  ) {
    this.isUsable = isUsable;
  }

  /** The name to prepare a statement under now, or undefined where it is to be sent as it is. */
  nameOf({ name }: Statement): string | undefined {
    if (!this.isUsable || name === undefined) return undefined;
    this.runs += 1;
    if (this.runs > (generationEnds[this.generation] ?? Number.POSITIVE_INFINITY)) this.generation += 1;
    return `${this.prefix}.${name}.${this.generation + this.losses}`;
  }

  /** A connection does not know what it prepared any more: new names, and none where that goes on. */
  lost(): void {
    this.losses += 1;
    if (this.losses > maximumLosses) this.isUsable = false;
  }
}
