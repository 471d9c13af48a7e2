import type { Tables } from '../tables.js';

/** The messages to sagas that no worker has delivered yet: nearly always empty. */
export function inboxTable({ inbox }: Tables): readonly string[] {
  return [
    `CREATE TABLE ${inbox} (
  id uuid NOT NULL,
  saga_id uuid NOT NULL,
  entry json NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  leased_until timestamp(3) with time zone,
  CONSTRAINT saga_inbox_pkey PRIMARY KEY (id)
)`,
    `CREATE INDEX saga_inbox_order ON ${inbox} (created_at, id)`,
  ];
}
