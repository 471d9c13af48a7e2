import type { SagaAction } from '../command/saga-command.js';

/** A row of the barrier as the first statement of a command finds it, after it has created the missing ones. */
export interface BarrierRow {
  readonly action: SagaAction;
  /**
   * `begun`: this transaction has created the row. `done`: an earlier one did the work. `refused`: the undo of this
   * act came, so the act must not be done any more. No commit leaves a row `begun`.
   */
  readonly state: 'begun' | 'done' | 'refused';
  /** JSON text; null if the work returned nothing. */
  readonly reply: string | null;
}

/** The conduct of a command: do its work, answer without any, repeat the stored reply, or refuse it. */
export type Verdict =
  | { readonly kind: 'work' | 'nothing' | 'refused' }
  | { readonly kind: 'repeated'; readonly reply: string | null };

/** Decides about a command by the rows that it has locked: its own row, and for an undo also that of its act. */
export function decide(action: SagaAction, rows: readonly BarrierRow[]): Verdict {
  const act = rows.find((row) => row.action === 'act');
  const own = rows.find((row) => row.action === action);
  if (own === undefined) throw new Error('The barrier has no row of its own command.');
  if (own.state === 'refused') return { kind: 'refused' };
  if (own.state === 'done') return { kind: 'repeated', reply: own.reply };
  return { kind: action === 'compensate' && act?.state === 'refused' ? 'nothing' : 'work' };
}
