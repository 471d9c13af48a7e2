import type { EventHandler } from '@nest-saga/core/engine';
import { isThenable } from '@nest-saga/core/engine';

/** A handler of `@nestjs/cqrs`. */
interface CqrsHandler {
  handle(event: unknown, ...rest: unknown[]): unknown;
}

/**
 * Handlers of `@nestjs/cqrs` whose promises can be awaited. The bus drops them, so `handle` of each handler is surrounded: of an
 * event of a saga the call is kept and made by the delivery, which can make it again; every other event passes.
 */
export class AwaitedHandlers {
  private readonly surrounded = new WeakSet<object>();
  private collecting: { readonly event: object; readonly calls: EventHandler[] } | undefined;

  /** Surrounds a handler, once. One that cannot be changed is called by the bus, and is not awaited. */
  intercept(handler: CqrsHandler, name: string): void {
    if (this.surrounded.has(handler)) return;
    this.surrounded.add(handler);
    const original = handler.handle.bind(handler);
    const handle = (event: unknown, ...rest: unknown[]): unknown =>
      this.keep(name, event, () => original(event, ...rest)) ?? original(event, ...rest);
    Reflect.defineProperty(handler, 'handle', { value: handle, configurable: true, writable: true });
  }

  /** The calls that publishing this event leads to, and what the bus gave. */
  collect<Given>(
    event: object,
    publish: () => Given,
  ): { readonly calls: EventHandler[]; readonly given: Given } {
    const calls: EventHandler[] = [];
    const before = this.collecting;
    this.collecting = { event, calls };
    try {
      return { calls, given: publish() };
    } finally {
      this.collecting = before;
    }
  }

  /** Keeps a call for the delivery. The promise shows the bus how it ended. */
  private keep(name: string, event: unknown, call: () => unknown): Promise<unknown> | undefined {
    const { collecting } = this;
    if (collecting === undefined || collecting.event !== event) return undefined;
    return new Promise((resolve, reject) => {
      const handle = (): unknown => {
        const returned = call();
        if (isThenable(returned)) returned.then(resolve, () => undefined);
        else resolve(returned);
        return returned;
      };
      collecting.calls.push({ name, handle, onGivenUp: reject });
    });
  }
}

/** Whether an instance can be surrounded. */
export function isCqrsHandler(instance: unknown): instance is CqrsHandler {
  return (
    typeof instance === 'object' && instance !== null && typeof Reflect.get(instance, 'handle') === 'function'
  );
}
