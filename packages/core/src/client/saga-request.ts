import type { SagaDefinition } from '../definition/saga-definition.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import { fits } from '../journal/fits.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import type { SagaKey } from './start-options.js';

/** The saga that a request is for, as its journal has it. */
export interface RequestedSaga {
  readonly sagaId: string;
  readonly definition: SagaDefinition;
  readonly state: SagaState;
  /** Its whole journal, without the values of the entries. */
  readonly entries: readonly JournalEntry[];
}

/** The saga of a request: its id, or its name and the key that it was started with. */
export type SagaTarget = string | SagaKey;

/** A request to a saga from outside: an entry, and the decision whether it is written. */
export interface SagaRequest {
  /** The name of the request in errors. */
  readonly name: string;
  readonly draft: EntryDraft;
  /** The entry to write in place of the draft, if it depends on the state of the saga. Called after `isWanted`. */
  complete?(saga: RequestedSaga): EntryDraft;
  /**
   * Set if the request also works in a process in which the saga is not registered: its definition has no stages then.
   */
  readonly isForAnySaga?: true;
  /**
   * Called with each state that the journal has reached. False: the request has its effect already. Throws if the
   * request is refused.
   */
  isWanted(saga: RequestedSaga): boolean;
  /** Whether a stored entry of the same kind is the one of this request, whose answer was lost. */
  isSame(stored: EntryDraft): boolean;
}

/** Whether a stored entry equals a draft in these properties. */
export function saysTheSame<Draft extends EntryDraft>(
  draft: Draft,
  names: readonly (keyof Draft)[],
): (stored: EntryDraft) => boolean {
  return (stored) => names.every((name) => Reflect.get(stored, name) === draft[name]);
}

/**
 * Checks that a journal fits the steps of this process: with other steps, the effect of a request is unknown.
 *
 * @throws SagaStatusError if these steps do not fit.
 */
export function checkFits(request: string, { sagaId, definition, state }: RequestedSaga): void {
  const problem = fits(definition, state);
  if (problem === undefined) return;
  throw new SagaStatusError(
    sagaId,
    request,
    state.status,
    `It does not fit the steps of this process: ${problem}. Ask a process that has the steps it ran with`,
  );
}
