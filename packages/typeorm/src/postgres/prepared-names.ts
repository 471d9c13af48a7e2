import { createHash } from 'node:crypto';
import type { Statement } from './statement.js';

/** How often statements have run when they are planned anew: with the tables, the best plan grows. */
const generationEnds: readonly number[] = [100, 1_000, 10_000, 100_000, 1_000_000];

/** A session may be reset now and then; a pooler that moves statements between sessions loses them all the time. */
const maximumLosses = 10;

/**
 * The names that statements are prepared under on each connection. PostgreSQL keeps a prepared statement's plan until
 * the tables are analysed, so a plan that was made while they were nearly empty (read the whole table) could outlive
 * the first thousands of sagas. A new name makes a new plan; few of them are ever made.
 *
 * A name says what the statement says, by a hash of its text: behind a pooler, two releases or two schemas meet on one
 * session, and what one of them has prepared there must not answer the other.
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

  /** The name to prepare a statement under now, or undefined where it is to be sent as it is. */
  nameOf({ name, text }: Statement): string | undefined {
    if (!this.isUsable || name === undefined) return undefined;
    this.runs += 1;
    if (this.runs > (generationEnds[this.generation] ?? Number.POSITIVE_INFINITY)) this.generation += 1;
    return `nest_saga.${name}.${this.hashOf(text)}.${this.generation + this.losses}`;
  }

  /** A connection does not know what it prepared any more: new names, and none where that goes on. */
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
