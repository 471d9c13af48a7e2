import { auditTable } from './audit-table.js';
import { inboxTable } from './inbox-table.js';
import type { Migration } from './migration.js';
import { outboxTable } from './outbox-table.js';
import { subscriberTable } from './subscriber-table.js';
import { tagsPart } from './tags-part.js';

/**
 * The wait of a saga without an owner, such as `retry:charge-card`, the end of its last wait, its deadline, and the
 * decisions of its start. The other columns are for later
 * releases, so that these need no further migration; until then they are empty. The index has only sagas that wait for a
 * person or for a lock, in the order of their lists, so it costs other sagas nothing.
 */
export const waitingMigration: Migration = {
  version: 2,
  name: 'waiting',
  up: (tables) => [
    `ALTER TABLE ${tables.execution}
  ADD COLUMN waiting text,
  ADD COLUMN deadline_at timestamp(3) with time zone,
  ADD COLUMN path json,
  ADD COLUMN resumed_at timestamp(3) with time zone,
  ADD COLUMN parent_id uuid,
  ADD COLUMN reverses uuid`,
    `CREATE INDEX saga_execution_waiting ON ${tables.execution} (waiting, created_at, id)
  WHERE waiting LIKE 'approval:%' OR waiting LIKE 'lock:%'`,
    ...tagsPart(tables),
    ...inboxTable(tables),
    ...outboxTable(tables),
    ...subscriberTable(tables),
    ...auditTable(tables),
  ],
};
