import { checkSize } from '../context/context-codec.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import { readPayload } from '../definition/saga-signal.js';
import type { SignalWaitDefinition, WaitDefinition } from '../definition/wait-definition.js';
import { ApprovalRejectedError } from '../errors/approval-rejected-error.js';
import { recordError } from '../errors/recorded-error.js';
import { WaitTimedOutError } from '../errors/wait-timed-out-error.js';
import { isThenable } from '../identity/thrown.js';
import type { WaitEnded } from '../journal/journal-entry.js';
import type { SagaState, UntakenSignal } from '../journal/saga-state.js';
import { callWith } from './begin-wait.js';
import type { EndWaitAction } from './next-wait.js';

/**
 * The entry that ends a wait, with the decision about what follows. An error thrown here means that the saga's record
 * cannot be used.
 */
export function endOf(
  definition: SagaDefinition,
  sagaId: string,
  state: Pick<SagaState, 'context' | 'isPastPivot'>,
  { wait, taken }: EndWaitAction,
): WaitEnded {
  if (wait.for === 'delay') return ended(wait, 'elapsed');
  if (taken === undefined) {
    if (wait.onTimeout === 'continue') return ended(wait, 'timed-out');
    return failedWait(state, wait, 'timed-out', new WaitTimedOutError(sagaId, wait.id, wait.timeoutMs ?? 0));
  }
  const end: WaitEnded = { ...ended(wait, 'signal'), signal: taken.seq };
  if (wait.for === 'signal') return apply(definition, wait, state, taken, end);
  if (taken.decision !== 'rejected' || wait.onReject === 'continue') return end;
  const { actor, note } = taken;
  const error = new ApprovalRejectedError(sagaId, wait.id, actor, note);
  return { ...failedWait(state, wait, 'signal', error), signal: taken.seq };
}

/** The end of a wait after which the saga is compensated. After its pivot it stands at the wait and is STUCK. */
export function failedWait(
  { isPastPivot }: Pick<SagaState, 'isPastPivot'>,
  wait: WaitDefinition,
  outcome: WaitEnded['outcome'],
  error: unknown,
): WaitEnded {
  const next = isPastPivot ? 'halt' : 'compensate';
  return { ...ended(wait, outcome), error: recordError(error), next };
}

function ended({ id }: WaitDefinition, outcome: WaitEnded['outcome']): WaitEnded {
  return { kind: 'wait-ended', step: id, outcome };
}

function apply(
  definition: SagaDefinition,
  wait: SignalWaitDefinition,
  state: Pick<SagaState, 'context' | 'isPastPivot'>,
  taken: UntakenSignal,
  end: WaitEnded,
): WaitEnded {
  const { apply: put } = wait;
  const signal = wait.signals.find(({ name }) => name === taken.name);
  if (put === undefined || signal === undefined) return end;
  const decoded: unknown = taken.payload === undefined ? undefined : definition.codec.decode(taken.payload);
  const { context } = state;
  const after = callWith(definition, context, (copy) => {
    const given = put(copy, { signal: taken.name, payload: readPayload(signal, decoded) });
    if (isThenable(given)) throw new TypeError(`apply() of the wait "${wait.id}" has to be synchronous.`);
    const json = definition.codec.encode(given ?? copy, 'context');
    checkSize(json, 'context');
    return { json };
  });
  if ('thrown' in after) return { ...failedWait(state, wait, 'failed', after.thrown), signal: taken.seq };
  return after.json === context ? end : { ...end, context: after.json };
}
