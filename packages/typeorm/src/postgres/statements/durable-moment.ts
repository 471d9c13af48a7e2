/**
 * Makes the transaction that it is evaluated in wait for the disk at its commit, whatever the role's or the database's
 * default of `synchronous_commit` is. It is set for this one transaction, so it costs no round trip, leaves the
 * application's session alone and passes any pooler; where the setting is right already, it is not touched.
 * `remote_apply` asks for more than `on`, so it stays. Answers what it is then.
 */
export const durableCommit = `CASE
    WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN 'on'
    ELSE set_config('synchronous_commit', 'on', true)
  END`;

/**
 * Bounds how long the transaction that it is evaluated in waits for a row, in the same way: somebody's open transaction
 * may hold the row of one saga (a `SELECT … FOR UPDATE` in a terminal), and all that travel with it would wait as well.
 * SQLSTATE 55P03 says so then, and they are tried one by one.
 */
const shortLockWait = "set_config('lock_timeout', '200ms', true)";

/** Both as a condition, which is always true, for a statement that writes one row and answers none. */
export const isCommitDurable = `${durableCommit} IS NOT NULL AND ${shortLockWait} IS NOT NULL`;

/**
 * A common table expression that every durable write of many rows joins: one row with the time, and with it
 * `durableCommit` and `shortLockWait`, so that nothing is locked before it is read.
 * The time is cut to milliseconds, never rounded up: what is due at it is due now.
 */
export const durableMoment = `moment AS MATERIALIZED (
    SELECT date_trunc('milliseconds', clock_timestamp()) AS at, ${durableCommit}, ${shortLockWait}
  )`;

/** The time of a statement that writes one row and so waits for nobody, cut to milliseconds. */
export const statementTime = "date_trunc('milliseconds', statement_timestamp())";
