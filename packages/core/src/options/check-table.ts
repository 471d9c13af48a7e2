import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { isObject, show } from './option.js';
import type { Option, OptionPlace, OptionsOf, OptionTable } from './option.js';
import { suggestName } from './suggest-name.js';

/** A group of options inside others. */
export interface GroupOption<Table> extends Option<OptionsOf<Table>> {
  readonly table: Table & OptionTable;
}

/** Makes a group from a table of options. */
export function group<const Table extends OptionTable>(table: Table): GroupOption<Table> {
  return { check: (place, value) => checkTable(place, value, table), table };
}

/** The problems of the options of one level: unknown names, wrong types, values out of range. */
export function checkTable(
  place: OptionPlace,
  options: unknown,
  table: OptionTable,
): readonly SagaDefinitionProblem[] {
  if (!isObject(options)) {
    const { where, path } = place;
    const problem = `${path === '' ? 'the options object' : path} is ${show(options)}`;
    return [{ where, problem, remedy: `Pass an object; ${takes(table)}` }];
  }
  const unknown = Object.keys(options)
    .filter((name) => !Object.hasOwn(table, name))
    .map((name) => unknownOption(place, name, table));
  return [...unknown, ...checkValues(place, options, table)];
}

/** The problems of the options in a table. The object may have others. */
export function checkValues(
  { where, path }: OptionPlace,
  options: object,
  table: OptionTable,
): readonly SagaDefinitionProblem[] {
  const prefix = path === '' ? '' : `${path}.`;
  return Object.entries(table).flatMap(([name, option]) => {
    const value: unknown = Reflect.get(options, name);
    return value === undefined ? [] : option.check({ where, path: `${prefix}${name}` }, value);
  });
}

function unknownOption(
  { where, path }: OptionPlace,
  name: string,
  table: OptionTable,
): SagaDefinitionProblem {
  const prefix = path === '' ? '' : `${path}.`;
  const problem = `${prefix}${shorten(name)} is not an option`;
  const meant = suggestName(name, pathsOf(table));
  return {
    where,
    problem: meant === undefined ? problem : `${problem} (did you mean ${prefix}${meant}?)`,
    remedy: `Use the right name: ${takes(table)}`,
  };
}

function takes(table: OptionTable): string {
  return `it takes ${Object.keys(table).join(', ')}`;
}

/** The names of a table, followed by those of its groups. */
function pathsOf(table: OptionTable): readonly string[] {
  const inGroups = Object.entries(table).flatMap(([name, { table: inner }]) =>
    inner === undefined ? [] : Object.keys(inner).map((one) => `${name}.${one}`),
  );
  return [...Object.keys(table), ...inGroups];
}

function shorten(name: string): string {
  return /^[\w$.-]{1,60}$/.test(name) ? name : JSON.stringify(name.slice(0, 60));
}
