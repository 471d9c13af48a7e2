import { isSagaId } from '@nest-saga/core/storage-kit';

/** A message from one process to the others: the payload of a notification, as words separated by commas. */
export interface HintMessage {
  /** A process has begun to listen and asks whether others do, or answers that question. */
  readonly presence: 'hello' | 'here' | undefined;
  /** There may be a saga to claim. */
  readonly isWork: boolean;
  /** Journals that grew. */
  readonly sagaIds: readonly string[];
}

/** The maximum number of ids in one message: PostgreSQL accepts payloads of less than 8,000 bytes. */
export const maximumSagaIds = 200;

/** A message as a payload. */
export function encodeHint({ presence, isWork, sagaIds }: HintMessage): string {
  return [presence ?? [], isWork ? 'work' : [], sagaIds].flat().join(',');
}

/** The message of a payload. Never fails: any session may notify, so unknown words are skipped. */
export function decodeHint(payload: string): HintMessage {
  const words = payload.split(',');
  return {
    presence: words.includes('hello') ? 'hello' : words.includes('here') ? 'here' : undefined,
    isWork: words.includes('work'),
    sagaIds: words.filter(isSagaId),
  };
}
