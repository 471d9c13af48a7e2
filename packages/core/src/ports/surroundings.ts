/**
 * State that a call passes on to everything that it starts; in Node.js, `AsyncLocalStorage`. Work that several callers
 * share must not run in the surroundings of the caller that happened to start it.
 */
export interface Surroundings {
  /** Runs shared work in the surroundings in which the application was made, for any caller. */
  run<Result>(work: () => Result): Result;
  /** Makes a callback that runs in the surroundings of this call, whatever calls it later. */
  bind<Arguments extends readonly unknown[]>(
    callback: (...args: Arguments) => void,
  ): (...args: Arguments) => void;
}

/** Surroundings for a platform without such state. */
export const noSurroundings: Surroundings = {
  run: (work) => work(),
  bind: (callback) => callback,
};
