/**
 * A common table expression that every durable write joins: one row with the time, and a commit that waits for the
 * disk, whatever the role's or the database's default of `synchronous_commit` is. It is set for this one transaction,
 * so it costs no round trip, leaves the application's session alone and passes any pooler. `remote_apply` asks for
 * more than `on`, so it stays. The time is cut to milliseconds, never rounded up: what is due at it is due now.
 */
export const durableMoment = `moment AS MATERIALIZED (
    SELECT date_trunc('milliseconds', clock_timestamp()) AS at,
      set_config(
        'synchronous_commit',
        CASE current_setting('synchronous_commit') WHEN 'remote_apply' THEN 'remote_apply' ELSE 'on' END,
        true
      )
  )`;
