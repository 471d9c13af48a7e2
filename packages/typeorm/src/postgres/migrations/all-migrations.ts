import { journalMigration } from './0001-journal.js';
import { waitingMigration } from './0002-waiting.js';
import type { Migration } from './migration.js';

/** All migrations, in order. */
export const allMigrations: readonly Migration[] = [journalMigration, waitingMigration];

/** The version of the schema that this code needs. */
export const schemaVersion = allMigrations.length;
