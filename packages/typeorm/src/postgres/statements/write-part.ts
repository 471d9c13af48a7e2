/** One of the things that a grouped write does, as a statement that others can be put beside. */
export interface WritePart {
  /** Names it in the name of a prepared statement, which has to be short. */
  readonly key: string;
  /** The name of its common table expression. */
  readonly name: string;
  readonly values: readonly unknown[];
  /** Whether the rows it returns are part of the answer: the `id` of each saga that was written. */
  readonly isAnswer: boolean;
  /** Its SQL, whose first parameter has the number `first`. */
  sql(first: number): string;
}
