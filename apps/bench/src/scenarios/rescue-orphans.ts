import { startChild } from '../child/child-process.js';
import { queryOnce } from '../server/bench-server.js';
import { untilAllCompleted } from './until-all-completed.js';

/** The figures of claiming the sagas of a process that died. */
export interface RescueResult {
  readonly sagas: number;
  /** Measured from the end of the dead process's lease, by the clock of the database. */
  readonly untilFirstClaimSeconds: number;
  readonly untilLastClaimSeconds: number;
  readonly untilAllCompletedSeconds: number;
}

const deadlineMs = 120_000;

/**
 * Kills the owner of running sagas while another process with the module's defaults runs, and measures when that
 * process has claimed and ended them.
 */
export async function rescueOrphans(
  databaseUrl: string,
  sagas: number,
  killOwner: () => Promise<void>,
): Promise<RescueResult> {
  const [owner] = await queryOnce<{ readonly owner: string }>(
    databaseUrl,
    `SELECT owner FROM saga.saga_execution WHERE status = 'running' LIMIT 1`,
  );
  const rescuer = startChild({ kind: 'work', databaseUrl });
  try {
    await rescuer.answer;
    await killOwner();
    const [lease] = await queryOnce<{ readonly expires_at: Date }>(
      databaseUrl,
      'SELECT expires_at FROM saga.saga_worker WHERE id = $1',
      [owner?.owner],
    );
    await untilAllCompleted(databaseUrl, deadlineMs);
    return { sagas, ...(await readTimes(databaseUrl, lease?.expires_at)) };
  } finally {
    await rescuer.end();
  }
}

async function readTimes(databaseUrl: string, leaseEnd: Date | undefined) {
  const [times] = await queryOnce<Record<'first' | 'last' | 'all', number>>(
    databaseUrl,
    `SELECT
      extract(epoch FROM min(log.recorded_at) - $1)::float AS first,
      extract(epoch FROM max(log.recorded_at) - $1)::float AS last,
      extract(epoch FROM (SELECT max(updated_at) FROM saga.saga_execution) - $1)::float AS all
    FROM saga.saga_log AS log WHERE log.kind = 'claimed'`,
    [leaseEnd],
  );
  return {
    untilFirstClaimSeconds: times?.first ?? 0,
    untilLastClaimSeconds: times?.last ?? 0,
    untilAllCompletedSeconds: times?.all ?? 0,
  };
}
