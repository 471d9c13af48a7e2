import type { CompensateOn } from '@nest-saga/core';
import type { EmittedEvent, LeaseSpan, LedgerRow } from '@nest-saga/testing';
import pg from 'pg';

const tables = `
  CREATE TABLE IF NOT EXISTS ledger (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    saga_id uuid NOT NULL, step text NOT NULL, action text NOT NULL, attempt int NOT NULL,
    idempotency_key text NOT NULL, fencing_token int NOT NULL, process text NOT NULL,
    worker text NOT NULL, began_at double precision NOT NULL, ended_at double precision, effective boolean NOT NULL DEFAULT false,
    compensate_on text NOT NULL, is_forward boolean NOT NULL, trail jsonb NOT NULL
  );
  CREATE TABLE IF NOT EXISTS event_call (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    saga_id uuid NOT NULL, seq int NOT NULL, process text NOT NULL,
    called_at double precision NOT NULL, handled_at double precision
  );
  CREATE TABLE IF NOT EXISTS lease (
    worker uuid PRIMARY KEY, process text NOT NULL,
    valid_from double precision NOT NULL, valid_until double precision NOT NULL
  );
  CREATE TABLE IF NOT EXISTS fixed (saga_id uuid PRIMARY KEY, rounds int NOT NULL);
`;

/** A call that a handler begins. */
export type BegunCall = Omit<LedgerRow, 'endedAt' | 'isEffective' | 'beganAt'> & {
  readonly worker: string;
  readonly compensateOn: CompensateOn;
};

/**
 * The outside world, in its own database and with its own connections: the calls of steps and of event
 * handlers, the leases of processes, and the sagas that an operator has fixed. Faults of the saga's storage do not reach it. All times are those of the
 * machine, which the lab's servers share.
 */
export class OutsideWorld {
  private readonly pool: pg.Pool;

  constructor(url: string) {
    this.pool = new pg.Pool({ connectionString: url, max: 4 });
    this.pool.on('error', () => undefined);
  }

  async create(): Promise<void> {
    await this.pool.query(tables);
  }

  /** Records that a call began. Resolves with its id. */
  async begin(call: BegunCall): Promise<string> {
    const {
      sagaId,
      step,
      action,
      attempt,
      idempotencyKey,
      fencingToken,
      process,
      worker,
      compensateOn,
      isForward = false,
      trail = [],
    } = call;
    const { rows } = await this.pool.query<{ id: string }>(
      `INSERT INTO ledger (saga_id, step, action, attempt, idempotency_key, fencing_token, process, worker, began_at, compensate_on, is_forward, trail)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) RETURNING id`,
      [
        sagaId,
        step,
        action,
        attempt,
        idempotencyKey,
        fencingToken,
        process,
        worker,
        Date.now(),
        compensateOn,
        isForward,
        JSON.stringify(trail),
      ],
    );
    return rows[0]?.id ?? '';
  }

  async effect(id: string): Promise<void> {
    await this.pool.query('UPDATE ledger SET effective = true WHERE id = $1', [id]);
  }

  async end(id: string): Promise<void> {
    await this.pool.query('UPDATE ledger SET ended_at = $2 WHERE id = $1', [id, Date.now()]);
  }

  /** Records that the handler of an event was called. Resolves with the id of the call. */
  async called(sagaId: string, seq: number, process: string): Promise<string> {
    const { rows } = await this.pool.query<{ id: string }>(
      'INSERT INTO event_call (saga_id, seq, process, called_at) VALUES ($1, $2, $3, $4) RETURNING id',
      [sagaId, seq, process, Date.now()],
    );
    return rows[0]?.id ?? '';
  }

  /** Records that the handler has handled the event. Its promise is fulfilled right after that. */
  async handled(id: string): Promise<void> {
    await this.pool.query('UPDATE event_call SET handled_at = $2 WHERE id = $1', [id, Date.now()]);
  }

  /** Whether at least `calls` calls of a step have begun. */
  async hasBegun(sagaId: string, step: string, calls = 1): Promise<boolean> {
    const { rows } = await this.pool.query<{ count: number }>(
      'SELECT count(*)::int AS count FROM ledger WHERE saga_id = $1 AND step = $2',
      [sagaId, step],
    );
    return (rows[0]?.count ?? 0) >= calls;
  }

  /** Records a lease with the earliest time at which it may expire. */
  async leased(worker: string, process: string, validFrom: number, validUntil: number): Promise<void> {
    await this.pool.query(
      `INSERT INTO lease VALUES ($1, $2, $3, $4) ON CONFLICT (worker) DO UPDATE SET valid_until = $4`,
      [worker, process, validFrom, validUntil],
    );
  }

  /** The ids of all workers that a process has had. */
  async workersOf(process: string): Promise<readonly string[]> {
    const { rows } = await this.pool.query<{ worker: string }>(
      'SELECT worker::text FROM lease WHERE process = $1',
      [process],
    );
    return rows.map(({ worker }) => worker);
  }

  /** Records that an operator has fixed the reason why a saga could not be undone. */
  async fix(sagaId: string): Promise<void> {
    await this.pool.query(
      'INSERT INTO fixed VALUES ($1, 1) ON CONFLICT (saga_id) DO UPDATE SET rounds = fixed.rounds + 1',
      [sagaId],
    );
  }

  async roundsOf(sagaId: string): Promise<number> {
    const { rows } = await this.pool.query<{ rounds: number }>(
      'SELECT rounds FROM fixed WHERE saga_id = $1',
      [sagaId],
    );
    return rows[0]?.rounds ?? 0;
  }

  async readLedger(): Promise<readonly LedgerRow[]> {
    const { rows } = await this.pool.query<Record<string, unknown>>('SELECT * FROM ledger ORDER BY id');
    return rows.map((row) => ({
      sagaId: String(row['saga_id']),
      step: String(row['step']),
      action: row['action'] === 'act' ? 'act' : 'compensate',
      attempt: Number(row['attempt']),
      idempotencyKey: String(row['idempotency_key']),
      fencingToken: Number(row['fencing_token']),
      process: String(row['process']),
      worker: String(row['worker']),
      beganAt: Number(row['began_at']),
      endedAt: row['ended_at'] === null ? undefined : Number(row['ended_at']),
      isEffective: row['effective'] === true,
      compensateOn: row['compensate_on'] as CompensateOn,
      isForward: row['is_forward'] === true,
      trail: row['trail'] as readonly string[],
    }));
  }

  /** The events that were handled: a call during which its process died does not count. */
  async readHandled(): Promise<readonly EmittedEvent[]> {
    const { rows } = await this.pool.query<Record<string, unknown>>(
      'SELECT saga_id, seq, handled_at FROM event_call WHERE handled_at IS NOT NULL ORDER BY id',
    );
    return rows.map((row) => ({
      sagaId: String(row['saga_id']),
      seq: Number(row['seq']),
      handledAt: Number(row['handled_at']),
    }));
  }

  async readLeases(): Promise<readonly LeaseSpan[]> {
    const { rows } = await this.pool.query<Record<string, unknown>>(
      'SELECT * FROM lease ORDER BY valid_from',
    );
    return rows.map((row) => ({
      process: String(row['process']),
      worker: String(row['worker']),
      validFrom: Number(row['valid_from']),
      validUntil: Number(row['valid_until']),
    }));
  }

  async close(): Promise<void> {
    await this.pool.end();
  }
}
