import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observer, Operator, Subscription } from 'rxjs';
import { Observable, Subscriber } from 'rxjs';
import { isThenable } from '@nest-saga/core/engine';

type Next<Value> = (value: Value) => unknown;
type OnTrouble = (error: unknown) => void;

/**
 * An Observable whose subscribers cannot harm others: an error of a subscriber, or of an operator in its pipe, is
 * reported and goes no further. RxJS alone would throw it outside of any call, which ends a Node process. Each
 * subscriber is called with the `AsyncLocalStorage` stores of its subscription, not with those of the code that caused
 * the event.
 */
export class GuardedObservable<Value> extends Observable<Value> {
  /** @param beginReport Called before each call of a subscriber; returns the function that reports its error. */
  constructor(
    source: Observable<unknown>,
    private readonly beginReport: () => OnTrouble,
  ) {
    super();
    this.source = source;
  }

  /** Keeps the guard on the result of `pipe()`. */
  override lift<Result>(operator?: Operator<Value, Result>): Observable<Result> {
    const lifted = new GuardedObservable<Result>(this, this.beginReport);
    lifted.operator = operator;
    return lifted;
  }

  override subscribe(
    observerOrNext?: Partial<Observer<Value>> | Next<Value> | null,
    error?: ((error: unknown) => void) | null,
    complete?: (() => void) | null,
  ): Subscription {
    // An operator subscribes to its source: its error travels to the end of the pipe, which is guarded.
    if (observerOrNext instanceof Subscriber) return super.subscribe(observerOrNext);
    const observer =
      typeof observerOrNext === 'function' || !observerOrNext
        ? { next: observerOrNext ?? undefined, error: error ?? undefined, complete: complete ?? undefined }
        : observerOrNext;
    const guard = AsyncLocalStorage.bind((call: () => unknown) => this.guard(call));
    return super.subscribe({
      next: (value) => guard(() => observer.next?.(value)),
      error: (thrown: unknown) =>
        observer.error === undefined ? this.beginReport()(thrown) : guard(() => observer.error?.(thrown)),
      complete: () => guard(() => observer.complete?.()),
    });
  }

  private guard(call: () => unknown): void {
    const report = this.beginReport();
    try {
      const returned = call();
      // RxJS ignores the promise of an async subscriber.
      if (isThenable(returned)) returned.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
