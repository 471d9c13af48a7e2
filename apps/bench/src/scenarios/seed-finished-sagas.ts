import { contextMaker } from '../sample/sample-context.js';
import { sampleSagaName, stepIds } from '../sample/sample-saga.js';
import { usualShape } from '../sample/saga-shape.js';
import { queryOnce } from '../server/bench-server.js';

/**
 * Writes finished sagas with their journals, as the storage would leave them, by statements in the server. Their ids
 * come from PostgreSQL's `uuidv7()` and so are in order of time, as those of the module are.
 */
export async function seedFinishedSagas(databaseUrl: string, sagas: number): Promise<void> {
  const context = JSON.stringify(contextMaker(usualShape.contextBytes)());
  await queryOnce(
    databaseUrl,
    `INSERT INTO saga.saga_execution
      (id, saga_name, saga_version, status, context, metadata, created_at, updated_at)
    SELECT uuidv7(), $1, 1, 'completed', $2::json, '{}', clock_timestamp(), clock_timestamp()
    FROM generate_series(1, $3)`,
    [sampleSagaName, context, sagas],
  );
  await queryOnce(
    databaseUrl,
    `INSERT INTO saga.saga_log
      (saga_id, seq, kind, step, attempt, worker, context, response, started_at, finished_at)
    SELECT header.id, step.seq, 'act-completed', step.id, 1, 'seeded', header.context, '{"ok":true}',
      header.created_at, header.updated_at
    FROM saga.saga_execution AS header, unnest($1::text[]) WITH ORDINALITY AS step (id, seq)
    WHERE header.status = 'completed'
    ORDER BY header.id, step.seq
    ON CONFLICT DO NOTHING`,
    [stepIds(usualShape)],
  );
  await queryOnce(databaseUrl, 'VACUUM ANALYZE saga.saga_execution');
  await queryOnce(databaseUrl, 'VACUUM ANALYZE saga.saga_log');
  await queryOnce(databaseUrl, 'CHECKPOINT');
}
