import { createHash } from 'node:crypto';
import type { Statement } from './statement.js';

/**
 * The numbers of executions after which statements are planned again, because the best plan changes as the tables grow.
 */
const generationEnds: readonly number[] = [100, 1_000, 10_000, 100_000, 1_000_000];

/** A session may be reset now and then; a pooler that moves statements between sessions loses them all the time. */
const maximumLosses = 10;

/**
 * The names under which statements are prepared on each connection. PostgreSQL keeps a prepared statement's plan until
 * the tables are analysed, so a plan that was made while they were nearly empty (read the whole table) could outlive
 * the first thousands of sagas. A new name makes a new plan; few of them are ever made.
 *
 * A name contains a hash of the statement's text: behind a pooler, two releases or two schemas may share a session, and
 * one must not run the prepared statements of the other.
 */
export class PreparedNames {
  private runs = 0;
  private generation = 0;
  private losses = 0;
  private readonly hashes = new Map<string, string>();
  private isUsable: boolean;

  constructor(isUsable: boolean) {
    this.isUsable = isUsable;
  }

  /** The current name for a statement, or undefined if it is to be sent without preparing it. */
  nameOf({ name, text }: Statement): string | undefined {
    if (!this.isUsable || name === undefined) return undefined;
    this.runs += 1;
    if (this.runs > (generationEnds[this.generation] ?? Number.POSITIVE_INFINITY)) this.generation += 1;
    return `nest_saga.${name}.${this.hashOf(text)}.${this.generation + this.losses}`;
  }

  /** A connection has lost its prepared statements: use new names, and none if that is repeated. */
  lost(): void {
    this.losses += 1;
    if (this.losses > maximumLosses) this.isUsable = false;
  }

  private hashOf(text: string): string {
    const known = this.hashes.get(text);
    if (known !== undefined) return known;
    const hash = createHash('sha256').update(text).digest('hex').slice(0, 12);
    this.hashes.set(text, hash);
    return hash;
  }
}
