import { SagaPastPivotError } from '../errors/saga-past-pivot-error.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import type { CancelRequested } from '../journal/journal-entry.js';
import { isTerminal, SagaStatus } from '../journal/saga-status.js';
import type { RequestedSaga, SagaRequest } from './saga-request.js';
import { checkFits, saysTheSame } from './saga-request.js';
import { checkText } from './start-options.js';

const name = 'cancel';

/** The request to undo a saga. */
export function cancelRequest(reason: string, actor: string | undefined): SagaRequest {
  const draft: CancelRequested = {
    kind: 'cancel-requested',
    reason: checkText('reason', reason, 1_000),
    ...(actor === undefined ? {} : { actor: checkText('actor', actor, 200) }),
  };
  return { name, draft, isWanted, isSame: saysTheSame(draft, ['reason', 'actor']) };
}

function isWanted(saga: RequestedSaga): boolean {
  const { sagaId, state } = saga;
  if (isTerminal(state.status))
    throw new SagaStatusError(
      sagaId,
      name,
      state.status,
      'A saga that has ended cannot be cancelled; start another one to reverse it',
    );
  if (state.direction === 'backward') return false;
  if (state.isPastPivot) throw new SagaPastPivotError(sagaId, name);
  if (state.status !== SagaStatus.Stuck) return state.cancel === undefined;
  // A STUCK saga accepts a second cancel, too: it waits for an operator since the first one, and the cancel resumes it.
  checkFits(name, saga);
  return true;
}
