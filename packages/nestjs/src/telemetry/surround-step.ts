import type { StepInterceptor } from '@nest-saga/core';

/** Two interceptors as one, the first around the second; undefined where there is neither. */
export function surroundStep(
  outer: StepInterceptor | undefined,
  inner: StepInterceptor | undefined,
): StepInterceptor | undefined {
  if (outer === undefined || inner === undefined) return outer ?? inner;
  return {
    intercept: (attempt, call) => outer.intercept(attempt, () => inner.intercept(attempt, call)),
  };
}
