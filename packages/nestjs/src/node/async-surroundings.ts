import { AsyncLocalStorage } from 'node:async_hooks';
import type { Surroundings } from '@nest-saga/core/engine';

/**
 * What every `AsyncLocalStorage` held where this was made, so that shared work sees that and not the store of the
 * request that happened to wake it.
 */
export class AsyncSurroundings implements Surroundings {
  private readonly runHere = AsyncLocalStorage.snapshot();

  run<Result>(work: () => Result): Result {
    return this.runHere(work);
  }

  bind<Arguments extends readonly unknown[]>(
    callback: (...args: Arguments) => void,
  ): (...args: Arguments) => void {
    return AsyncLocalStorage.bind(callback);
  }
}
