/** The schema of the table, if none is named. */
export const defaultSchema = 'saga';

/** Identifiers become part of SQL text, so only these characters are allowed. */
const pattern = /^[A-Za-z_][A-Za-z0-9_]{0,47}$/;

/**
 * The table of the barrier in a schema, as part of a statement.
 *
 * @throws TypeError for a name that no schema may have.
 */
export function tableIn(schema: string): string {
  if (typeof schema !== 'string' || !pattern.test(schema) || schema.toLowerCase().startsWith('pg_'))
    throw new TypeError(
      `The schema of the barrier is ${JSON.stringify(schema)}. Pass a name of 1 to 48 letters, digits and underscores ` +
        'that starts with none of the digits and not with "pg_".',
    );
  return `"${schema}".saga_participant`;
}
