import { ApprovalForbiddenError } from '../errors/approval-forbidden-error.js';
import { InvalidArgumentError } from '../errors/invalid-argument-error.js';
import { SagaStatusError } from '../errors/saga-status-error.js';
import type { JournalEntry, SignalReceived } from '../journal/journal-entry.js';
import { waitAt } from '../journal/stage-steps.js';
import { checkNames } from '../options/check-names.js';
import type { RequestedSaga, SagaRequest } from './saga-request.js';
import { saysTheSame } from './saga-request.js';
import { checkText } from './start-options.js';

/** A person's decision about an approval. */
export interface ApprovalDecision {
  readonly decision: 'approved' | 'rejected';
  /** The person who decides, kept in the journal: 1 to 200 characters. */
  readonly actor: string;
  /** The roles of the actor, if the approval requires any. */
  readonly roles?: readonly string[];
  /** Kept in the journal: 1 to 1,000 characters. */
  readonly note?: string;
}

const name = 'decide';
const known = ['decision', 'actor', 'roles', 'note'];

/**
 * The request with a person's decision, for which a saga waits.
 *
 * @throws InvalidArgumentError
 */
export function decisionRequest(step: string, given: ApprovalDecision): SagaRequest {
  const { decision, actor, roles, note } = checkNames('decision', given, known);
  const draft: SignalReceived = {
    kind: 'signal-received',
    name: checkText('step', step, 100),
    actor: checkText('actor', actor, 200),
    ...(note === undefined ? {} : { note: checkText('note', note, 1_000) }),
    decision: checkDecision(decision),
    wakes: true,
  };
  const decider = { actor: draft.actor ?? '', roles: checkRoles(roles) };
  return {
    name,
    draft,
    isWanted: (saga) => isWanted(draft, decider, saga),
    isSame: saysTheSame(draft, ['name', 'actor', 'note', 'decision']),
  };
}

interface Decider {
  readonly actor: string;
  readonly roles: readonly string[];
}

function isWanted({ name: step }: SignalReceived, decider: Decider, saga: RequestedSaga): true {
  const { sagaId, definition, state, entries } = saga;
  const { wait } = state;
  const isDecided = state.signals.some((signal) => signal.decision !== undefined && signal.name === step);
  if (wait?.for !== 'approval' || wait.name !== step || isDecided)
    throw new SagaStatusError(sagaId, name, state.status, describeRefusal(step, entries));
  const forbid = (reason: string): never => {
    throw new ApprovalForbiddenError(sagaId, step, decider.actor, reason);
  };
  if (wait.notBy === decider.actor) forbid('the one who asks for it does not decide it');
  const place = waitAt(definition, state.stage);
  const needed = place?.for === 'approval' ? place.roles : undefined;
  if (needed !== undefined && !needed.some((role) => decider.roles.includes(role)))
    forbid(`that takes one of the roles ${needed.join(', ')}`);
  return true;
}

/** The message for a person who decides after another one: it describes the first decision. */
function describeRefusal(step: string, entries: readonly JournalEntry[]): string {
  const decided = entries.findLast(
    (entry) => entry.kind === 'signal-received' && entry.decision !== undefined && entry.name === step,
  );
  if (decided?.kind !== 'signal-received') return `It does not wait for a decision about "${step}"`;
  const { decision = 'decided', actor } = decided;
  return `"${step}" was ${decision}${actor === undefined ? '' : ` by ${actor}`} already`;
}

function checkDecision(decision: unknown): 'approved' | 'rejected' {
  if (decision === 'approved' || decision === 'rejected') return decision;
  throw new InvalidArgumentError('decision', 'pass "approved" or "rejected"');
}

function checkRoles(roles: unknown): readonly string[] {
  if (roles === undefined) return [];
  if (Array.isArray(roles) && roles.every((role) => typeof role === 'string')) return roles;
  throw new InvalidArgumentError('roles', 'pass a list of texts, or leave it out');
}
