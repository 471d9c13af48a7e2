import { InvalidArgumentError } from '@nest-saga/core';

/** Identifiers become part of SQL text, so only these characters are allowed. */
const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

/** The allowed names of a schema, in words. */
export const schemaNames =
  'a name of 1 to 48 letters, digits and underscores that starts with none of the digits and not with "pg_"';

/** The default schema. */
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

/** Whether a schema may have this name. */
export function isSchemaName(schema: unknown): schema is string {
  return typeof schema === 'string' && pattern.test(schema) && !schema.toLowerCase().startsWith('pg_');
}
