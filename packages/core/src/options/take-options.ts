import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { checkNames } from './check-names.js';
import { fill } from './defaults-of.js';
import type { DefaultsOf } from './defaults-of.js';
import type { OptionsOf, OptionTable } from './option.js';

/**
 * Checks the options of one call and fills in the defaults of their table.
 *
 * @throws InvalidArgumentError for an option that does not exist, or a value that is out of range.
 */
export function takeOptions<const Table extends OptionTable>(
  table: Table,
  options: unknown,
): DefaultsOf<Table> & OptionsOf<Table>;
export function takeOptions(table: OptionTable, options: unknown): object {
  const given = checkNames('options', options, Object.keys(table));
  for (const [name, row] of Object.entries(table)) {
    const [problem] =
      given[name] === undefined ? [] : row.check({ where: 'options', path: name }, given[name]);
    if (problem !== undefined) throw new InvalidArgumentError(name, startSmall(problem.remedy));
  }
  return fill(table, given);
}

/** The start of a sentence as its continuation. */
function startSmall(sentence: string): string {
  return `${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`;
}
