import type { GroupOption } from './check-table.js';
import type { DefaultedOption, OptionTable, ValueOf } from './option.js';

/** The defaults of a table and its groups, for the options that have one. */
export type DefaultsOf<Table> = {
  readonly [
    name in keyof Table as Table[name] extends DefaultedOption<unknown> | GroupOption<OptionTable>
      ? name
      : never
  ]: Table[name] extends GroupOption<infer Inner> ? DefaultsOf<Inner> : ValueOf<Table[name]>;
};

/** Reads the defaults from a table. The result is frozen, at every level. */
export function defaultsOf<const Table extends OptionTable>(table: Table): DefaultsOf<Table>;
export function defaultsOf(table: OptionTable): Readonly<Record<string, unknown>> {
  const defaults = Object.entries(table).flatMap(([name, row]): [string, unknown][] => {
    if (row.table !== undefined) return [[name, defaultsOf(row.table)]];
    return row.default === undefined ? [] : [[name, row.default]];
  });
  return Object.freeze(Object.fromEntries(defaults));
}

/**
 * Fills options with the defaults of their table. An undefined option counts as left out, and the result has only
 * options of the table.
 */
export function fill<const Table extends OptionTable>(table: Table, options: object): DefaultsOf<Table>;
export function fill(table: OptionTable, options: object): Readonly<Record<string, unknown>> {
  const filled = Object.entries(table).flatMap(([name, row]): [string, unknown][] => {
    const value: unknown = Reflect.get(options, name);
    if (row.table !== undefined) return [[name, fill(row.table, Object(value ?? {}) as object)]];
    const used = value ?? row.default;
    return used === undefined ? [] : [[name, used]];
  });
  return Object.fromEntries(filled);
}
