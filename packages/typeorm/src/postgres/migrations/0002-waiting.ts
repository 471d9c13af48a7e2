import type { Migration } from './migration.js';

/**
 * The wait of a saga without an owner: `retry:charge-card`. The other columns are for later releases, so that these
 * need no further migration; until then they are empty. They are nullable and without an index, so the change is quick
 * for any number of sagas.
 */
export const waitingMigration: Migration = {
  version: 2,
  name: 'waiting',
  up: ({ execution }) => [
    `ALTER TABLE ${execution}
  ADD COLUMN waiting text,
  ADD COLUMN deadline_at timestamp(3) with time zone,
  ADD COLUMN parent_id uuid,
  ADD COLUMN reverses uuid`,
  ],
};
