import { InterceptedStorage } from '@nest-saga/testing';
import type { StorageMethod } from '@nest-saga/testing';

/** Counts the writes that change sagas. Writes of a worker's lease do not count. */
export class CountingStorage extends InterceptedStorage {
  writes = 0;

  protected async around<Answer>(method: StorageMethod, call: () => Promise<Answer>): Promise<Answer> {
    const answer = await call();
    if (isWritten(method, answer)) this.writes++;
    return answer;
  }
}

function isWritten(method: StorageMethod, answer: unknown): boolean {
  switch (method) {
    case 'start':
      return (answer as { readonly kind: string }).kind === 'started';
    case 'append':
      return answer === 'stored';
    case 'claim':
      return (answer as readonly unknown[]).length > 0;
    case 'releaseExpired':
      return answer !== 0;
    case 'release':
      return true;
    default:
      return false;
  }
}
