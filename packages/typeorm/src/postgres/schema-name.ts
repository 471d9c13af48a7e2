import { InvalidArgumentError } from '@nest-saga/core';

/** Identifiers that need no thought: they end up in SQL text, so they come from an allow-list of characters. */
const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

/** Which names a schema may have, in words. */
export const schemaNames =
  'a name of 1 to 48 letters, digits and underscores that starts with none of the digits and not with "pg_"';

/** The schema where nothing else is said. */
export const defaultSchema = 'saga';

/**
 * Checks the name of a schema before it becomes part of a statement's text.
 *
 * @throws InvalidArgumentError
 */
export function checkSchemaName(schema: unknown): string {
  if (isSchemaName(schema)) return schema;
  throw new InvalidArgumentError('schema', `pass ${schemaNames}`);
}

/** Whether a schema may be called so. */
export function isSchemaName(schema: unknown): schema is string {
  return typeof schema === 'string' && pattern.test(schema) && !schema.toLowerCase().startsWith('pg_');
}
