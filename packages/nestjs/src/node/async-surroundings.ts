import { AsyncLocalStorage } from 'node:async_hooks';
import type { Surroundings } from '@nest-saga/core/engine';
import { bindSurroundings } from './bind-surroundings.js';

/**
 * Keeps the `AsyncLocalStorage` stores of its creation, so that shared work sees them and not those of the request that
 * happened to start it.
 */
export class AsyncSurroundings implements Surroundings {
  private readonly runHere = AsyncLocalStorage.snapshot();

  run<Result>(work: () => Result): Result {
    return this.runHere(work);
  }

  bind<Arguments extends readonly unknown[]>(
    callback: (...args: Arguments) => void,
  ): (...args: Arguments) => void {
    return bindSurroundings(callback);
  }
}
