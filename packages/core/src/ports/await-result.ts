import type { StepRun } from '../definition/step-run.js';

/**
 * Gets the value that a handler returned, or the value of its promise. It answers with a promise of the result, and the
 * attempt lasts until that promise settles; undefined if the value is the result itself.
 */
export type AwaitResult = (returned: unknown, run: StepRun) => Promise<unknown> | undefined;
