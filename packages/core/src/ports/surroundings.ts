/**
 * What flows along with a call into everything that the call sets going; in Node.js, `AsyncLocalStorage`. Work that
 * many callers share must not go on in the surroundings of the one that happened to wake it.
 */
export interface Surroundings {
  /** Runs shared work in the surroundings in which the application was made, whoever calls. */
  run<Result>(work: () => Result): Result;
  /** Makes a callback that runs in the surroundings of this very call, whoever calls it later. */
  bind<Arguments extends readonly unknown[]>(
    callback: (...args: Arguments) => void,
  ): (...args: Arguments) => void;
}

/** Where nothing flows along with a call. */
export const noSurroundings: Surroundings = {
  run: (work) => work(),
  bind: (callback) => callback,
};
