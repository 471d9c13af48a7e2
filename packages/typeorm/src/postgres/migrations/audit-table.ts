import type { Tables } from '../tables.js';

/** What people did that no journal can have, because a saga that has ended never changes. */
export function auditTable({ audit }: Tables): readonly string[] {
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
  ];
}
