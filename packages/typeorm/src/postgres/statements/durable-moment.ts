/**
 * Makes its transaction wait for the disk at its commit, whatever the default of `synchronous_commit` for the role or
 * the database is. It is set for this one transaction, so it costs no round trip, does not affect the application's
 * session and works with any pooler; if the setting is right already, it is not changed. `remote_apply` is stronger
 * than `on`, so it stays. Returns the resulting value.
 */
export const durableCommit = `CASE
    WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN 'on'
    ELSE set_config('synchronous_commit', 'on', true)
  END`;

/**
 * Limits how long its transaction waits for a row, in the same way: another open transaction may hold the row of one
 * saga (a `SELECT … FOR UPDATE` in a terminal), and all other sagas in the statement would wait as well. Its SQLSTATE
 * is 55P03, and then the rows are tried one by one.
 */
const shortLockWait = "set_config('lock_timeout', '200ms', true)";

/** Both as a condition, which is always true, for a statement that writes one row and returns none. */
export const isCommitDurable = `${durableCommit} IS NOT NULL AND ${shortLockWait} IS NOT NULL`;

/**
 * A common table expression that every durable write of several rows joins: one row with the time, and with it
 * `durableCommit` and `shortLockWait`, so that nothing is locked before it is read. The time is truncated to
 * milliseconds, never rounded up: a saga that is due at this time is due now.
 */
export const durableMoment = `moment AS MATERIALIZED (
    SELECT date_trunc('milliseconds', clock_timestamp()) AS at, ${durableCommit}, ${shortLockWait}
  )`;

/** The time of a statement that writes one row and so waits for no other transaction, truncated to milliseconds. */
export const statementTime = "date_trunc('milliseconds', statement_timestamp())";
