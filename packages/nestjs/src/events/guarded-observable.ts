import { AsyncLocalStorage } from 'node:async_hooks';
import type { Observer, Operator, Subscription } from 'rxjs';
import { Observable, Subscriber } from 'rxjs';
import { isThenable } from '@nest-saga/core/engine';

type Next<Value> = (value: Value) => unknown;
type OnTrouble = (error: unknown) => void;

/**
 * An Observable whose subscribers harm nobody: what one of them throws, or an operator on the way to it, is reported
 * and goes no further. RxJS alone would throw it again outside of any call, which ends a Node process. Each is told with
 * the `AsyncLocalStorage` stores that it subscribed with, not with those of whoever set the news going.
 */
export class GuardedObservable<Value> extends Observable<Value> {
  /** @param beginReport Asked before each call, for where its trouble is reported. */
  constructor(
    source: Observable<unknown>,
    private readonly beginReport: () => OnTrouble,
  ) {
    super();
    this.source = source;
  }

  /** Keeps the guard on what `pipe()` makes. */
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
    // An operator subscribes to its source: what it throws goes on to the end of the pipe, which is guarded.
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
      // An async subscriber gives a promise that RxJS does not look at.
      if (isThenable(returned)) returned.then(undefined, report);
    } catch (error) {
      report(error);
    }
  }
}
