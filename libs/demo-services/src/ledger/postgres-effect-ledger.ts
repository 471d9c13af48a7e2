import type { OnModuleInit } from '@nestjs/common';
import type { Effect, NewEffect, ServiceName, UndoRequest } from './effect.js';
import { defaultEffectLimit, EffectLedger } from './effect-ledger.js';
import type { EffectQuery } from './effect-ledger.js';

/** Runs one statement and resolves with its rows: the common function of a TypeORM data source and a driver's pool. */
export type RunStatement = (statement: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

/** A ledger that survives its process, in its own schema: `demo`. */
export class PostgresEffectLedger extends EffectLedger implements OnModuleInit {
  constructor(private readonly run: RunStatement) {
    super();
  }

  /** Creates the table if it is missing. */
  async onModuleInit(): Promise<void> {
    await this.run(createTable, []);
  }

  override async record({ idempotencyKey, orderId, service, description }: NewEffect): Promise<Effect> {
    const [row] = await this.run(recordEffect, [idempotencyKey, orderId, service, description]);
    return toEffect(row as EffectRow);
  }

  override async undo({
    idempotencyKey,
    orderId,
    service,
    description,
  }: UndoRequest): Promise<Effect | undefined> {
    const [row] = await this.run(undoEffect, [orderId, service, idempotencyKey, description]);
    return row === undefined ? undefined : toEffect(row as EffectRow);
  }

  override async list({ orderId, limit = defaultEffectLimit }: EffectQuery = {}): Promise<readonly Effect[]> {
    const rows = await this.run(listEffects, [orderId ?? null, limit]);
    return rows.map((row) => toEffect(row as EffectRow));
  }
}

interface EffectRow {
  readonly idempotency_key: string;
  readonly order_id: string;
  readonly service: ServiceName;
  readonly description: string;
  readonly calls: number;
  readonly recorded_at: Date;
  readonly undo_key: string | null;
  readonly undo_description: string | null;
  readonly undo_calls: number;
  readonly undone_at: Date | null;
}

function toEffect(row: EffectRow): Effect {
  return {
    idempotencyKey: row.idempotency_key,
    orderId: row.order_id,
    service: row.service,
    description: row.description,
    calls: row.calls,
    recordedAt: row.recorded_at,
    undo:
      row.undo_key === null || row.undone_at === null
        ? undefined
        : {
            idempotencyKey: row.undo_key,
            description: row.undo_description ?? '',
            calls: row.undo_calls,
            undoneAt: row.undone_at,
          },
  };
}

// One statement, so that processes that start at the same time wait for each other instead of colliding.
const createTable = `
DO $$ BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('nest-saga demo ledger'));
  CREATE SCHEMA IF NOT EXISTS demo;
  CREATE TABLE IF NOT EXISTS demo.effect (
    place bigint GENERATED ALWAYS AS IDENTITY,
    idempotency_key text PRIMARY KEY,
    order_id text NOT NULL,
    service text NOT NULL,
    description text NOT NULL,
    calls integer NOT NULL DEFAULT 1,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    undo_key text,
    undo_description text,
    undo_calls integer NOT NULL DEFAULT 0,
    undone_at timestamptz
  );
  CREATE INDEX IF NOT EXISTS effect_order ON demo.effect (order_id);
  CREATE INDEX IF NOT EXISTS effect_place ON demo.effect (place);
END $$`;

const recordEffect = `
INSERT INTO demo.effect (idempotency_key, order_id, service, description)
VALUES ($1, $2, $3, $4)
ON CONFLICT (idempotency_key) DO UPDATE SET calls = effect.calls + 1
RETURNING *`;

// In a CTE, because TypeORM returns a pair for an UPDATE, and rows for a SELECT.
const undoEffect = `
WITH undone AS (
  UPDATE demo.effect
  SET undo_key = coalesce(undo_key, $3),
      undo_description = coalesce(undo_description, $4),
      undone_at = coalesce(undone_at, clock_timestamp()),
      undo_calls = undo_calls + 1
  WHERE order_id = $1 AND service = $2
  RETURNING *
)
SELECT * FROM undone`;

const listEffects = `
SELECT * FROM (
  SELECT * FROM demo.effect WHERE $1::text IS NULL OR order_id = $1 ORDER BY place DESC LIMIT $2
) AS newest
ORDER BY place`;
