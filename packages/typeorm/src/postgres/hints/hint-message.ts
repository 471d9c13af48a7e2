import { isSagaId } from '@nest-saga/core/storage-kit';

/** What one process tells the others: a notification's payload, as words separated by commas. */
export interface HintMessage {
  /** Somebody has begun to listen and asks whether others do, or answers that. */
  readonly presence: 'hello' | 'here' | undefined;
  /** There may be something to claim. */
  readonly isWork: boolean;
  /** Journals that grew. */
  readonly sagaIds: readonly string[];
}

/** The most ids in one message: PostgreSQL takes payloads of less than 8,000 bytes. */
export const maximumSagaIds = 200;

/** A message as a payload. */
export function encodeHint({ presence, isWork, sagaIds }: HintMessage): string {
  return [presence ?? [], isWork ? 'work' : [], sagaIds].flat().join(',');
}

/** The message of a payload. Total: anybody may notify, so words that are not known are passed by. */
export function decodeHint(payload: string): HintMessage {
  const words = payload.split(',');
  return {
    presence: words.includes('hello') ? 'hello' : words.includes('here') ? 'here' : undefined,
    isWork: words.includes('work'),
    sagaIds: words.filter(isSagaId),
  };
}
