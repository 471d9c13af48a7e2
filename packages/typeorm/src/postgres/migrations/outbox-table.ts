import type { Tables } from '../tables.js';

/**
 * The messages that are still to be delivered, as pointers to entries of the journal.
 *
 * - A leased message has its `next_try_at` at the end of the lease, so that a relay that looks for messages does not visit
 *   those in delivery.
 * - Its rows live for milliseconds, so it is vacuumed early: the share of dead rows is large and the table small.
 */
export function outboxTable({ outbox }: Tables): readonly string[] {
  return [
    `CREATE TABLE ${outbox} (
  saga_id uuid NOT NULL,
  seq integer NOT NULL,
  sink text NOT NULL,
  next_try_at timestamp(3) with time zone NOT NULL,
  attempts integer NOT NULL DEFAULT 0,
  lease text,
  leased_until timestamp(3) with time zone,
  parked boolean NOT NULL DEFAULT false,
  recorded_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT saga_outbox_pkey PRIMARY KEY (saga_id, seq, sink)
) WITH (autovacuum_vacuum_scale_factor = 0.05, autovacuum_analyze_scale_factor = 0.1)`,
    `CREATE INDEX saga_outbox_due ON ${outbox} (next_try_at) WHERE NOT parked`,
  ];
}
