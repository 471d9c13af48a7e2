import { journalMigration } from './0001-journal.js';
import { waitingMigration } from './0002-waiting.js';
import type { Migration } from './migration.js';

/** Every migration, in order. */
export const allMigrations: readonly Migration[] = [journalMigration, waitingMigration];

/** The version of the schema that this code works with. */
export const schemaVersion = allMigrations.length;
