import type { Observer, Operator, Subscription } from 'rxjs';
import { Observable, Subscriber } from 'rxjs';
import { bindSurroundings } from '../node/bind-surroundings.js';

type Next<Value> = (value: Value) => unknown;

/** Runs the calls of one subscriber. Every error of a call, or of its promise, ends here. */
export interface SubscriberGuard {
  /** The subscriber is given a value. */
  next(call: () => unknown): void;
  /** An operator in the pipe of the subscriber threw, or nothing more follows. */
  end(call: () => unknown): void;
}

/**
 * An Observable whose subscribers cannot harm others: an error of a subscriber, or of an operator in its pipe, goes to
 * its guard and no further. RxJS alone would throw it outside of any call, which ends a Node process. Each
 * subscriber is called with the `AsyncLocalStorage` stores of its subscription, not with those of the code that caused
 * the event.
 */
export class GuardedObservable<Value> extends Observable<Value> {
  /** @param newGuard Called once for each subscriber. */
  constructor(
    source: Observable<unknown>,
    private readonly newGuard: () => SubscriberGuard,
  ) {
    super();
    this.source = source;
  }

  /** Keeps the guard on the result of `pipe()`. */
  override lift<Result>(operator?: Operator<Value, Result>): Observable<Result> {
    const lifted = new GuardedObservable<Result>(this, this.newGuard);
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
    const guard = this.newGuard();
    const bound = bindSurroundings((call: () => unknown) => call());
    return super.subscribe({
      next: (value) => {
        if (observer.next !== undefined) guard.next(() => bound(() => observer.next?.(value)));
      },
      error: (thrown: unknown) =>
        guard.end(() => {
          if (observer.error === undefined) throw thrown;
          return bound(() => observer.error?.(thrown));
        }),
      complete: () => guard.end(() => bound(() => observer.complete?.())),
    });
  }
}
