import { AsyncResource } from 'node:async_hooks';

/**
 * Makes a callback that sees the `AsyncLocalStorage` stores of this call, whatever calls it later.
 *
 * hot path: `AsyncLocalStorage.bind` defines properties of the function that it returns, which takes several
 * microseconds.
 */
export function bindSurroundings<Arguments extends readonly unknown[], Result>(
  callback: (...args: Arguments) => Result,
): (...args: Arguments) => Result {
  const resource = new AsyncResource('SagaCallback');
  return (...args) => resource.runInAsyncScope(() => callback(...args));
}
