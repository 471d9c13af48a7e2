/** A column of a set of rows that travels as one array: its SQL type, and its value in each row. */
export type ColumnSource<Item> = readonly [
  type: 'uuid' | 'text' | 'integer' | 'json' | 'timestamptz',
  valueOf: (item: Item) => string | number | null,
];

/** Rows as one array parameter for each column, which costs the same few parameters for one row and for hundreds. */
export interface Columns {
  /** The arrays, in the order of the columns. */
  readonly values: readonly (readonly (string | number | null)[])[];
  /** The names of the columns, separated by commas. */
  readonly names: string;
  /** The rows as an item of a FROM list; the parameter of the first column has the number `first`. */
  unnest(first: number, alias: string): string;
}

/** Turns items into columns. */
export function columnsOf<Item>(
  items: readonly Item[],
  sources: Readonly<Record<string, ColumnSource<Item>>>,
): Columns {
  const columns = Object.entries(sources);
  const names = columns.map(([name]) => name).join(', ');
  return {
    values: columns.map(([, [, valueOf]]) => items.map(valueOf)),
    names,
    unnest: (first, alias) => {
      const parameters = columns.map(([, [type]], index) => `$${first + index}::${type}[]`);
      return `unnest(${parameters.join(', ')}) AS ${alias} (${names})`;
    },
  };
}
