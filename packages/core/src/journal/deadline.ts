import type { EntryStamp } from './journal-entry.js';
import type { SagaHeader } from './saga-header.js';

/** The deadline of a saga, as its owner knows it. Only the storage's clock and the owner's monotonic clock are read. */
export interface SagaDeadline {
  /** By the storage's clock, in milliseconds since the epoch. */
  readonly endsAt: number;
  /** The time until then at the start or at the last claim, in milliseconds. The owner counts it from the answer. */
  readonly restMs: number;
  /** It has passed: by the storage's clock at a claim, or after its owner waited for it. */
  readonly isOver: boolean;
}

/** The deadline of a saga that was just stored: one clock made both times, so the difference is right whatever it says. */
export function deadlineOf({
  deadlineAt,
  createdAt,
}: Partial<Pick<SagaHeader, 'deadlineAt' | 'createdAt'>>): SagaDeadline | undefined {
  if (deadlineAt === undefined || createdAt === undefined) return undefined;
  const endsAt = deadlineAt.getTime();
  return { endsAt, restMs: endsAt - createdAt.getTime(), isOver: false };
}

/** The deadline as a claim leaves it to the new owner. */
export function deadlineAtClaim(
  deadline: SagaDeadline,
  { recordedAt }: Partial<Pick<EntryStamp, 'recordedAt'>>,
): SagaDeadline {
  if (recordedAt === undefined) return deadline;
  const restMs = Math.max(0, deadline.endsAt - recordedAt.getTime());
  return { ...deadline, restMs, isOver: restMs === 0 };
}

/** The state once its owner has waited until the deadline. */
export function afterDeadline<State extends { readonly deadline: SagaDeadline | undefined }>(
  state: State,
): State {
  const { deadline } = state;
  return deadline === undefined || deadline.isOver
    ? state
    : { ...state, deadline: { ...deadline, isOver: true } };
}
