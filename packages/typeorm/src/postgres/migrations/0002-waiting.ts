import type { Migration } from './migration.js';

/**
 * The wait of a saga without an owner, such as `retry:charge-card`, the end of its last wait, its deadline, and the
 * decisions of its start. The other columns are for later
 * releases, so that these need no further migration; until then they are empty. The index has only sagas that wait for a
 * person or for a lock, in the order of their lists, so it costs other sagas nothing.
 */
export const waitingMigration: Migration = {
  version: 2,
  name: 'waiting',
  up: ({ execution }) => [
    `ALTER TABLE ${execution}
  ADD COLUMN waiting text,
  ADD COLUMN deadline_at timestamp(3) with time zone,
  ADD COLUMN path json,
  ADD COLUMN resumed_at timestamp(3) with time zone,
  ADD COLUMN parent_id uuid,
  ADD COLUMN reverses uuid`,
    `CREATE INDEX saga_execution_waiting ON ${execution} (waiting, created_at, id)
  WHERE waiting LIKE 'approval:%' OR waiting LIKE 'lock:%'`,
  ],
};
