import { InvalidArgumentError } from '@nest-saga/core';
import { checkSchemaName } from './schema-name.js';

describe('checkSchemaName', () => {
  it.each(['saga', 'My_Sagas', '_1', 's'.repeat(48)])('lets "%s" pass', (schema) => {
    expect(checkSchemaName(schema)).toBe(schema);
  });

  it.each([
    '',
    '1saga',
    'sa ga',
    'a"; DROP TABLE b; --',
    "a'b",
    'ünï',
    'pg_saga',
    'PG_saga',
    's'.repeat(49),
    7,
    undefined,
  ])('refuses %p', (schema) => {
    expect(() => checkSchemaName(schema)).toThrow(InvalidArgumentError);
  });
});
