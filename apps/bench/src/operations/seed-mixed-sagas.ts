import { queryOnce } from '../server/bench-server.js';

/**
 * Writes sagas in all states, with their journals, as a year leaves them: most have ended, some are stuck, run or wait for an
 * approval, and some handlers gave up. The ids are in order of time.
 *
 * @returns The id of a stuck one.
 */
export async function seedMixedSagas(
  databaseUrl: string,
  sagas: number,
): Promise<{ readonly stuckId: string }> {
  await queryOnce(
    databaseUrl,
    `INSERT INTO saga.saga_execution
      (id, saga_name, saga_version, saga_key, status, waiting, context, failure, stuck, metadata, created_at, updated_at)
    SELECT
      (lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || lpad(to_hex(n % 4096), 3, '0')
        || '8' || lpad(to_hex(n), 15, '0'))::uuid,
      CASE WHEN n % 100000 = 5 THEN 'rare' ELSE 'saga-' || n % 20 END, 1, 'key-' || n, status,
      CASE WHEN n % 200 = 3 THEN 'approval:big-refund' END, '{"item":"book","card":"card-ok"}'::json,
      CASE WHEN status = 'failed' THEN
        '{"reason":"step-failed","step":"charge","errorName":"Error","message":"the card was declined"}'::json END,
      CASE WHEN status = 'stuck' THEN
        '{"reason":"compensation-exhausted","step":"reserve","errorName":"Error","message":"503"}'::json END,
      '{}', at, at
    FROM (
      SELECT n, timestamptz '2026-11-01' - ($1::integer - n) * interval '1 year' / $1::integer AS at,
        CASE
          WHEN n % 500 = 1 THEN 'stuck' WHEN n % 500 = 2 OR n % 200 = 3 THEN 'running'
          WHEN n % 40 = 4 THEN 'failed' ELSE 'completed'
        END AS status
      FROM generate_series(1, $1::integer) AS n
    ) AS drawn`,
    [sagas],
  );
  await queryOnce(
    databaseUrl,
    `INSERT INTO saga.saga_log
      (saga_id, seq, kind, step, attempt, worker, context, response, started_at, finished_at, recorded_at)
    SELECT header.id, step.seq, 'act-completed', step.id, 1, 'seeded', header.context, '{"ok":true}',
      header.created_at, header.created_at, header.created_at
    FROM saga.saga_execution AS header,
      unnest('{reserve,charge,ship}'::text[]) WITH ORDINALITY AS step (id, seq)
    ORDER BY header.id, step.seq`,
  );
  await queryOnce(
    databaseUrl,
    `INSERT INTO saga.saga_log (saga_id, seq, kind, error, detail, recorded_at)
    SELECT id, 4, 'delivery-failed', '{"name":"Error","message":"the mail server is down"}',
      '{"emittedSeq":3,"index":0,"handler":"Mail.send"}', created_at
    FROM saga.saga_execution WHERE saga_key LIKE 'key-%777'`,
  );
  for (const table of ['saga_execution', 'saga_log'])
    await queryOnce(databaseUrl, `VACUUM ANALYZE saga.${table}`);
  const [row] = await queryOnce(
    databaseUrl,
    `SELECT id FROM saga.saga_execution WHERE status = 'stuck' LIMIT 1`,
  );
  return { stuckId: String(row?.['id']) };
}
