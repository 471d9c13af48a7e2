import type { ExecutionEnd } from '../execution/execution-end.js';
import type { SagaOutcome } from './saga-outcome.js';
import { toOutcome } from './saga-outcome.js';
import type { StartedSaga } from './saga-starter.js';

/** A run of a saga in this process, from its start or from the running sagas. */
export type SagaRun = Pick<StartedSaga, 'definition' | 'end'>;

/** The end of a saga in this process, with its original error object as the cause. */
export async function endedHere(
  sagaId: string,
  run: SagaRun | undefined,
): Promise<{ readonly seq: number; readonly outcome: SagaOutcome } | undefined> {
  const end = await run?.end;
  if (end?.kind !== 'ended' || run === undefined) return undefined;
  const { seq, status, failure, stuck } = end.state;
  const saga = run.definition.name;
  const ended = { sagaId, saga, status, failure, stuck, cause: causeOf(end) };
  return { seq, outcome: toOutcome(run.definition, ended, end.state) };
}

function causeOf(end: Extract<ExecutionEnd, { kind: 'ended' }>): unknown {
  const reason = end.state.failure?.reason;
  return reason === 'cancelled' || reason === 'deadline' ? undefined : end.cause;
}
