import type { SagaAction } from '../command/saga-command.js';

/** The statements of the barrier on its table. */
export interface BarrierStatements {
  /** Creates and locks the rows of a command, and returns them. Parameters: saga and step. */
  readonly begin: Readonly<Record<SagaAction, string>>;
  /** Stores the end of a command. Parameters: saga, step and reply. */
  readonly finish: Readonly<Record<SagaAction, string>>;
  /** Deletes the rows that are older than an age in milliseconds. */
  readonly purge: string;
}

/** Makes the commit wait for the disk, whatever the default of the role is; `remote_apply` is stronger, so it stays. */
const durableCommit = `CASE WHEN current_setting('synchronous_commit') IN ('on', 'remote_apply') THEN 'on'
    ELSE set_config('synchronous_commit', 'on', true) END`;

export function statementsOn(table: string): BarrierStatements {
  /**
   * If another transaction holds a row, this one waits for its end. A row that exists is updated, which locks it: then a
   * purge cannot delete the row of an act while its undo runs, and rows of one step have one age. The row of the act
   * comes first, so two commands of a step never wait for each other.
   */
  const begin = (rows: string): string => `INSERT INTO ${table} (saga_id, step, action, state)
    VALUES ${rows}
    ON CONFLICT (saga_id, step, action) DO UPDATE SET at = excluded.at
    RETURNING action, state, reply::text AS reply, ${durableCommit} AS durable`;
  return {
    begin: {
      act: begin(`($1::uuid, $2::text, 'act', 'begun')`),
      compensate: begin(
        `($1::uuid, $2::text, 'act', 'refused'), ($1::uuid, $2::text, 'compensate', 'begun')`,
      ),
    },
    finish: {
      act: `UPDATE ${table} SET state = 'done', reply = $3::json
    WHERE saga_id = $1::uuid AND step = $2::text AND action = 'act'`,
      // An act that was done and undone is refused from now on, too.
      compensate: `UPDATE ${table} SET
      state = CASE action WHEN 'act' THEN 'refused' ELSE 'done' END,
      reply = CASE action WHEN 'act' THEN reply ELSE $3::json END
    WHERE saga_id = $1::uuid AND step = $2::text`,
    },
    purge: `DELETE FROM ${table} WHERE at < now() - $1::double precision * interval '1 millisecond'`,
  };
}
