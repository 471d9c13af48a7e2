import { binaryArray } from './binary-array.js';
import type { ArrayType, ArrayValue } from './binary-array.js';

/** A column of a set of rows that is sent as one array: its SQL type, and its value in each row. */
export type ColumnSource<Item> = readonly [type: ArrayType, valueOf: (item: Item) => ArrayValue];

/** Rows as one array parameter for each column, with the same few parameters for one row and for hundreds. */
export interface Columns {
  /** The arrays in binary form, in the order of the columns; null for a column that has no value in any row. */
  readonly values: readonly (Buffer | null)[];
  /** The names of the columns, separated by commas. */
  readonly names: string;
  /**
   * The rows as an item of a FROM list; the parameter of the first column has the number `first`. That one is hidden in
   * a subquery: otherwise PostgreSQL would count the elements of small arrays, find a plan for exactly this number of
   * rows cheaper than the stored plan, and plan again at each execution, which takes longer than the execution itself.
   */
  unnest(first: number, alias: string): string;
}

/**
 * Turns items into columns. The first column has a value in every row, so that it says how many rows there are.
 *
 * @throws SagaStorageError (refused) for a value that does not fit its column.
 */
export function columnsOf<Item>(
  items: readonly Item[],
  sources: Readonly<Record<string, ColumnSource<Item>>>,
): Columns {
  const columns = Object.entries(sources);
  const names = columns.map(([name]) => name).join(', ');
  return {
    values: columns.map(([, [type, valueOf]]) => {
      const values = items.map(valueOf);
      // `unnest` fills the shorter arrays with nulls.
      return values.every((value) => value === null) ? null : binaryArray(type, values);
    }),
    names,
    unnest: (first, alias) => {
      const parameters = columns.map(([, [type]], index) => {
        const parameter = `$${first + index}::${type}[]`;
        return index === 0 ? `(SELECT ${parameter})` : parameter;
      });
      return `unnest(${parameters.join(', ')}) AS ${alias} (${names})`;
    },
  };
}
