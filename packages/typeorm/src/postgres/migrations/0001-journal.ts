import type { Migration } from './migration.js';

/**
 * The header, the journal and the workers.
 *
 * - Contexts, responses, errors and events are `json`, not `jsonb`: the text is read byte for byte.
 * - Times have milliseconds, like a `Date`, so that the end of a page is exact.
 * - No foreign key from the journal to the header: checking it locks the header's row for each entry, and the append
 *   looks at the header anyway.
 * - An entry that changes the saga's status has it in `status`: the next entry need not read the header.
 * - The header's partial indexes hold only sagas that are open or stuck, so they stay small however many sagas have finished.
 *   It is updated more often than most tables and read by partial indexes, so it is vacuumed and analysed early.
 */
export const journalMigration: Migration = {
  version: 1,
  name: 'journal',
  up: ({ execution, log, worker }) => [
    `CREATE TABLE ${execution} (
  id uuid NOT NULL,
  saga_name text NOT NULL,
  saga_version integer NOT NULL,
  saga_key text,
  status text NOT NULL,
  owner text,
  next_run_at timestamp(3) with time zone,
  context json NOT NULL,
  failure json,
  stuck json,
  metadata json NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  updated_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT saga_execution_pkey PRIMARY KEY (id),
  CONSTRAINT saga_execution_status_check
    CHECK (status IN ('pending', 'running', 'compensating', 'completed', 'failed', 'stuck'))
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.02)`,
    `CREATE UNIQUE INDEX saga_execution_key ON ${execution} (saga_name, saga_key) WHERE saga_key IS NOT NULL`,
    `CREATE INDEX saga_execution_due ON ${execution} (next_run_at)
  WHERE owner IS NULL AND status IN ('pending', 'running', 'compensating')`,
    `CREATE INDEX saga_execution_owner ON ${execution} (owner)
  WHERE status IN ('pending', 'running', 'compensating')`,
    `CREATE INDEX saga_execution_stuck ON ${execution} (created_at, id) WHERE status = 'stuck'`,
    `CREATE INDEX saga_execution_created ON ${execution} (created_at, id)`,
    `CREATE TABLE ${log} (
  saga_id uuid NOT NULL,
  seq integer NOT NULL,
  kind text NOT NULL,
  status text,
  step text,
  attempt integer,
  worker text,
  context json,
  response json,
  error json,
  events json,
  detail json,
  started_at timestamp(3) with time zone,
  finished_at timestamp(3) with time zone,
  recorded_at timestamp(3) with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT saga_log_pkey PRIMARY KEY (saga_id, seq)
)`,
    `CREATE TABLE ${worker} (
  id text NOT NULL,
  started_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT saga_worker_pkey PRIMARY KEY (id)
)`,
  ],
};
