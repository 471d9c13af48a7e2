import type { Tables } from '../tables.js';

/**
 * What people did that no journal can have, because a saga that has ended never changes. The index of the journal has only
 * deliveries that failed, which people repeat, so it costs other entries nothing.
 */
export function auditTable({ audit, log }: Tables): readonly string[] {
  return [
    `CREATE TABLE ${audit} (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamp(3) with time zone NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  saga_id uuid NOT NULL,
  seq integer,
  note text,
  CONSTRAINT saga_audit_pkey PRIMARY KEY (id)
)`,
    `CREATE INDEX saga_audit_saga ON ${audit} (saga_id, id)`,
    `CREATE INDEX saga_log_delivery_failed ON ${log} (recorded_at) WHERE kind = 'delivery-failed'`,
  ];
}
