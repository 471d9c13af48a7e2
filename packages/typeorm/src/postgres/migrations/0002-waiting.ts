import type { Migration } from './migration.js';

/**
 * What a saga without an owner waits for: `retry:charge-card`. The other columns are for what comes next, so that it needs
 * no further migration; they are empty until then. Nullable and without an index, so the change takes a moment however
 * many sagas there are.
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
