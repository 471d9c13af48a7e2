import type { SagaStepHandler, StepRun } from '@nest-saga/core';
import type { Observable } from 'rxjs';
import { isObservable } from 'rxjs';

/**
 * A handler whose methods may return an Observable, as those of a controller may: its last value counts as their
 * result.
 */
export function awaitObservables(handler: SagaStepHandler<unknown>): SagaStepHandler<unknown> {
  return {
    act: (context, run) => settled(handler.act(context, run), run),
    compensate: (context, run) => settled(handler.compensate(context, run), run) as Promise<void> | undefined,
  };
}

function settled(returned: unknown, run: StepRun): unknown {
  if (isPromiseLike(returned))
    return returned.then((value: unknown) => (isObservable(value) ? lastValue(value, run) : value));
  return isObservable(returned) ? lastValue(returned, run) : returned;
}

function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}

// An Observable without a value means a result without a value: the act has been done, and lastValueFrom() alone would
// treat it as an error.
function lastValue(observable: Observable<unknown>, run: StepRun): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let last: unknown;
    const subscription = observable.subscribe({
      next: (value) => {
        last = value;
      },
      error: reject,
      complete: () => resolve(last),
    });
    const { signal } = run;
    const stop = (): void => {
      subscription.unsubscribe();
      reject(signal.reason as Error);
    };
    if (signal.aborted) stop();
    else if (!subscription.closed) {
      signal.addEventListener('abort', stop, { once: true });
      subscription.add(() => signal.removeEventListener('abort', stop));
    }
  });
}
