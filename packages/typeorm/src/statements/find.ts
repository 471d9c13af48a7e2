import type { Statement } from '../database/statement.js';
import type { Tables } from '../database/tables.js';
import { headerColumns } from '../mapping/saga-header-row.js';

/** The header with this id. Parameters: id. */
export function findStatement({ execution }: Tables): Statement {
  return {
    name: 'find',
    text: `SELECT ${headerColumns('header')} FROM ${execution} AS header WHERE header.id = $1::uuid`,
  };
}

/** The header with this key. Parameters: saga, key. */
export function findByKeyStatement({ execution }: Tables): Statement {
  return {
    name: 'find_key',
    text: `SELECT ${headerColumns('header')} FROM ${execution} AS header
WHERE header.saga_name = $1::text AND header.saga_key = $2::text`,
  };
}
