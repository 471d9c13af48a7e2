import type { Tables } from '../tables.js';

/** The handlers of ends of sagas, in all applications of the schema. The statement that ends a saga writes them a message. */
export function subscriberTable({ subscriber }: Tables): readonly string[] {
  return [
    `CREATE TABLE ${subscriber} (
  name text NOT NULL,
  saga text,
  ending text NOT NULL,
  seen_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT saga_subscriber_pkey PRIMARY KEY (name)
)`,
  ];
}
