import type { Migration } from './migration.js';

/**
 * The index of the sagas that wait for a person or for a lock, in the order of their lists. It has no entry for any other saga, so
 * it costs them nothing.
 */
export const approvalsMigration: Migration = {
  version: 3,
  name: 'approvals',
  up: ({ execution }) => [
    `CREATE INDEX saga_execution_waiting ON ${execution} (waiting, created_at, id)
  WHERE waiting LIKE 'approval:%' OR waiting LIKE 'lock:%'`,
  ],
};
