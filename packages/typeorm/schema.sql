CREATE TABLE saga.saga_audit (
  id bigint NOT NULL,
  at timestamp(3) with time zone NOT NULL,
  actor text NOT NULL,
  action text NOT NULL,
  saga_id uuid NOT NULL,
  seq integer,
  note text,
  CONSTRAINT saga_audit_pkey PRIMARY KEY (id)
);
CREATE INDEX saga_audit_saga ON saga.saga_audit USING btree (saga_id, id);

CREATE TABLE saga.saga_execution (
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
  waiting text,
  deadline_at timestamp(3) with time zone,
  path json,
  resumed_at timestamp(3) with time zone,
  parent_id uuid,
  reverses uuid,
  tags text[],
  CONSTRAINT saga_execution_pkey PRIMARY KEY (id),
  CONSTRAINT saga_execution_status_check CHECK ((status = ANY (ARRAY['pending'::text, 'running'::text, 'compensating'::text, 'completed'::text, 'failed'::text, 'stuck'::text])))
) WITH (autovacuum_vacuum_scale_factor=0.02, autovacuum_analyze_scale_factor=0.02);
CREATE INDEX saga_execution_created ON saga.saga_execution USING btree (created_at, id);
CREATE INDEX saga_execution_due ON saga.saga_execution USING btree (next_run_at) WHERE ((owner IS NULL) AND (status = ANY (ARRAY['pending'::text, 'running'::text, 'compensating'::text])));
CREATE UNIQUE INDEX saga_execution_key ON saga.saga_execution USING btree (saga_name, saga_key text_pattern_ops) WHERE (saga_key IS NOT NULL);
CREATE INDEX saga_execution_owner ON saga.saga_execution USING btree (owner) WHERE (status = ANY (ARRAY['pending'::text, 'running'::text, 'compensating'::text]));
CREATE INDEX saga_execution_stuck ON saga.saga_execution USING btree (created_at, id) WHERE (status = 'stuck'::text);
CREATE INDEX saga_execution_tags ON saga.saga_execution USING gin (tags) WITH (fastupdate=off) WHERE (tags IS NOT NULL);
CREATE INDEX saga_execution_waiting ON saga.saga_execution USING btree (waiting, created_at, id) WHERE ((waiting ~~ 'approval:%'::text) OR (waiting ~~ 'lock:%'::text));

CREATE TABLE saga.saga_inbox (
  id uuid NOT NULL,
  saga_id uuid NOT NULL,
  entry json NOT NULL,
  created_at timestamp(3) with time zone NOT NULL,
  leased_until timestamp(3) with time zone,
  CONSTRAINT saga_inbox_pkey PRIMARY KEY (id)
);
CREATE INDEX saga_inbox_order ON saga.saga_inbox USING btree (created_at, id);

CREATE TABLE saga.saga_log (
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
);
CREATE INDEX saga_log_delivery_failed ON saga.saga_log USING btree (recorded_at) WHERE (kind = 'delivery-failed'::text);

CREATE TABLE saga.saga_migration (
  version integer NOT NULL,
  name text NOT NULL,
  applied_at timestamp(3) with time zone NOT NULL DEFAULT clock_timestamp(),
  CONSTRAINT saga_migration_pkey PRIMARY KEY (version)
);

CREATE TABLE saga.saga_outbox (
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
) WITH (autovacuum_vacuum_scale_factor=0.05, autovacuum_analyze_scale_factor=0.1);
CREATE INDEX saga_outbox_due ON saga.saga_outbox USING btree (next_try_at) WHERE (NOT parked);

CREATE TABLE saga.saga_subscriber (
  name text NOT NULL,
  saga text,
  ending text NOT NULL,
  seen_at timestamp(3) with time zone NOT NULL,
  CONSTRAINT saga_subscriber_pkey PRIMARY KEY (name)
);

CREATE TABLE saga.saga_worker (
  id text NOT NULL,
  started_at timestamp(3) with time zone NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  CONSTRAINT saga_worker_pkey PRIMARY KEY (id)
);
