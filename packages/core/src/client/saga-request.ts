import type { SagaDefinition } from '../definition/saga-definition.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import { fits } from '../journal/fits.js';
import type { EntryDraft, JournalEntry } from '../journal/journal-entry.js';
import type { SagaState } from '../journal/saga-state.js';
import type { SagaKey } from './start-options.js';

/** Where a saga stands when something is asked of it. */
export interface RequestedSaga {
  readonly sagaId: string;
  readonly definition: SagaDefinition;
  readonly state: SagaState;
  /** Its whole journal, without the values of the entries. */
  readonly entries: readonly JournalEntry[];
}

/** Which saga is asked: by its id, or by its name and the key that it was started with. */
export type SagaTarget = string | SagaKey;

/** Something that is asked of a saga from outside: an entry, and what decides whether it is written. */
export interface SagaRequest {
  /** For errors. */
  readonly name: string;
  readonly draft: EntryDraft;
  /** What is to be written in place of the draft, if that depends on where the saga stands. Asked after `isWanted`. */
  complete?(saga: RequestedSaga): EntryDraft;
  /** It can be asked in a process that does not have the saga, too: its definition has no stages then. */
  readonly isForAnySaga?: true;
  /** Asked of each state that the journal may have come to. False: what is asked is so already. Throws if it is refused. */
  isWanted(saga: RequestedSaga): boolean;
  /** Whether a stored entry of the same kind is this one, whose answer was lost. */
  isSame(stored: EntryDraft): boolean;
}

/** Whether a stored entry says the same as a draft in these properties. */
export function saysTheSame<Draft extends EntryDraft>(
  draft: Draft,
  names: readonly (keyof Draft)[],
): (stored: EntryDraft) => boolean {
  return (stored) => names.every((name) => Reflect.get(stored, name) === draft[name]);
}

/**
 * Where a saga stands, and so what a request would make of it, is only known with the steps that it ran with.
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
