import type { DataSource } from 'typeorm';
import { ParticipantTableError } from '../errors/participant-table-error.js';
import { createTable, hasTable } from './create-table.js';
import { participantMigrationSql } from './participant-migration.js';

/** The behaviour of a start: create the table, refuse a database without it, or do neither. */
export type ParticipantMigrationMode = 'auto' | 'check' | 'off';

const insufficientPrivilege = '42501';

/**
 * Prepares the table of the barrier in a schema.
 *
 * @throws ParticipantTableError if it is missing and must not, or may not, be created.
 */
export async function prepareTable(
  dataSource: DataSource,
  schema: string,
  mode: ParticipantMigrationMode,
): Promise<void> {
  if (mode === 'off' || (await hasTable(dataSource, schema))) return;
  if (mode === 'check') throw new ParticipantTableError(schema);
  try {
    // A process that waited for the lock has to see the table that was created in the meantime.
    await dataSource.transaction('READ COMMITTED', (manager) =>
      createTable(manager, schema, participantMigrationSql({ schema })),
    );
  } catch (error) {
    if (!isForbidden(error)) throw error;
    throw new ParticipantTableError(schema, { cause: error });
  }
}

function isForbidden(error: unknown): boolean {
  return typeof error === 'object' && error !== null && Reflect.get(error, 'code') === insufficientPrivilege;
}
