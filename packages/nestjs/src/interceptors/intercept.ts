import type { StartInterceptor, StepInterceptor } from '@nest-saga/core';

/** Several interceptors as one, each around those behind it; undefined if there is none. */
export function interceptStep(interceptors: readonly StepInterceptor[]): StepInterceptor | undefined {
  return interceptors.reduceRight<StepInterceptor | undefined>(
    (inner, outer) =>
      inner === undefined
        ? outer
        : { intercept: (attempt, call) => outer.intercept(attempt, () => inner.intercept(attempt, call)) },
    undefined,
  );
}

/** The same for starts: each is shown the metadata that those before it gave. */
export function interceptStart(interceptors: readonly StartInterceptor[]): StartInterceptor | undefined {
  return interceptors.reduceRight<StartInterceptor | undefined>(
    (inner, outer) =>
      inner === undefined
        ? outer
        : {
            interceptStart: (start, call) =>
              outer.interceptStart(start, (metadata) => inner.interceptStart({ ...start, metadata }, call)),
          },
    undefined,
  );
}
