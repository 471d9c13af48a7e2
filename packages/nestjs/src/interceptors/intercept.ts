import type { StartInterceptor, StepInterceptor } from '@nest-saga/core/engine';

/** Several interceptors as one, each around those after it; undefined if there are none. */
export function interceptStep(interceptors: readonly StepInterceptor[]): StepInterceptor | undefined {
  return interceptors.reduceRight<StepInterceptor | undefined>(
    (inner, outer) =>
      inner === undefined
        ? outer
        : { intercept: (attempt, call) => outer.intercept(attempt, () => inner.intercept(attempt, call)) },
    undefined,
  );
}

/** The same for starts: each interceptor gets the metadata of those before it. */
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
