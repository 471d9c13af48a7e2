import { InvalidArgumentError } from '@nest-saga/core';

/** Identifiers that need no thought: they end up in SQL text, so they come from an allow-list of characters. */
const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

/** The schema where nothing else is said. */
export const defaultSchema = 'saga';

/**
 * Checks the name of a schema before it becomes part of a statement's text.
 *
 * @throws InvalidArgumentError
 */
export function checkSchemaName(schema: unknown): string {
  if (typeof schema === 'string' && pattern.test(schema) && !schema.toLowerCase().startsWith('pg_'))
    return schema;
  throw new InvalidArgumentError(
    'schema',
    'pass a name of 1 to 48 letters, digits and underscores that starts with none of the digits and not with "pg_"',
  );
}
