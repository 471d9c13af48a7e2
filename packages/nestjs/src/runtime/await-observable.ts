import type { StepRun } from '@nest-saga/core';
import type { Observable } from 'rxjs';
import { isObservable } from 'rxjs';

/**
 * A handler may return an Observable, as the method of a controller may: its last value is the result. Undefined for
 * every other value.
 */
export function awaitObservable(returned: unknown, run: StepRun): Promise<unknown> | undefined {
  return isObservable(returned) ? lastValue(returned, run) : undefined;
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
