import type { Statement } from '../statement.js';
import type { Tables } from '../tables.js';
import { durableMoment } from './durable-moment.js';

/**
 * Writes a worker's row, and deletes those of workers that have been gone for a day. Parameters: worker, lease in
 * milliseconds. Durable, as renewals are: a server that lost one in a crash would release the worker's sagas while the
 * worker still relies on its lease.
 */
export function registerWorkerStatement({ worker }: Tables): Statement {
  return {
    name: 'register',
    text: `WITH ${durableMoment}, gone AS (
    DELETE FROM ${worker} WHERE expires_at < clock_timestamp() - interval '1 day' AND id <> $1::text
  )
INSERT INTO ${worker} (id, expires_at, started_at)
SELECT $1::text, clock_timestamp() + $2::integer * interval '1 millisecond', moment.at FROM moment
ON CONFLICT (id) DO UPDATE SET expires_at = excluded.expires_at`,
  };
}

/** Extends the lease of a living worker. Parameters: worker, lease in milliseconds. No row: it was too late. */
export function renewWorkerStatement({ worker }: Tables): Statement {
  return {
    name: 'renew',
    text: `WITH ${durableMoment}
UPDATE ${worker} SET expires_at = clock_timestamp() + $2::integer * interval '1 millisecond'
FROM moment
WHERE id = $1::text AND expires_at > clock_timestamp()
RETURNING id`,
  };
}

/** Deletes a worker's row. Parameters: worker. */
export function removeWorkerStatement({ worker }: Tables): Statement {
  return { name: 'remove', text: `DELETE FROM ${worker} WHERE id = $1::text` };
}
