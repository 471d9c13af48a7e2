import type { SagaOutcome } from '@nest-saga/core';
import type { SagaDelivery, SagaSubscription } from '@nest-saga/core/engine';

/** The options of a handler for ends of sagas. */
export interface SagaEndingOptions {
  /**
   * The name of the handler in the storage, unique among all applications with this storage. An end that is still to be
   * handled belongs to this name, so it has to stay if a class or a method is renamed.
   *
   * @default the class and the method: `OrderMails.thank`
   */
  readonly name?: string;
}

/** A method that handles ends of sagas. */
export type SagaEndingHandler = (outcome: SagaOutcome<never>, delivery: SagaDelivery) => unknown;

/** What a decorator says about a method. */
export interface DeclaredEnding {
  readonly decorator: string;
  readonly ending: SagaSubscription['ending'];
  readonly saga: string | undefined;
  readonly options: SagaEndingOptions | undefined;
}

type EndingDecorator = <Handler extends SagaEndingHandler>(
  target: object,
  method: string | symbol,
  descriptor: TypedPropertyDescriptor<Handler>,
) => void;

const endingsKey = Symbol.for('nest-saga:endings');

/**
 * Declares a method of a provider as a handler of the sagas that COMPLETED. The end and the call to make are stored in one
 * statement, so it is called at least once: by this process or, if this process dies, by any other one with the handler. The
 * process needs no sagas. A handler that fails is called again; after 20 attempts a person has to ask for it.
 *
 * @param saga The name of the saga; without it all sagas.
 * @example
 * ```ts
 * @Injectable()
 * export class OrderMails {
 *   constructor(private readonly mailer: Mailer) {}
 *
 *   @OnSagaCompleted('order', { name: 'thank-you' })
 *   async thank(outcome: SagaOutcome<OrderContext>, delivery: SagaDelivery) {
 *     await this.mailer.send(outcome.context.email, 'Thank you', { idempotencyKey: delivery.id });
 *   }
 * }
 * ```
 */
export function OnSagaCompleted(saga?: string, options?: SagaEndingOptions): EndingDecorator {
  return declare({ decorator: '@OnSagaCompleted()', ending: 'completed', saga, options });
}

/**
 * As `@OnSagaCompleted()`, for sagas that FAILED: they were undone.
 *
 * @example
 * ```ts
 * @OnSagaFailed('order')
 * async apologize(outcome: SagaOutcome<OrderContext>) {
 *   await this.mailer.send(outcome.context.email, outcome.failure?.message ?? '');
 * }
 * ```
 */
export function OnSagaFailed(saga?: string, options?: SagaEndingOptions): EndingDecorator {
  return declare({ decorator: '@OnSagaFailed()', ending: 'failed', saga, options });
}

/**
 * As `@OnSagaCompleted()`, for sagas that are STUCK and need a person. A saga can get STUCK several times.
 *
 * @example
 * ```ts
 * @OnSagaStuck()
 * async page(outcome: SagaOutcome<never>, delivery: SagaDelivery) {
 *   await this.pager.call(`${outcome.saga} ${outcome.sagaId}`, delivery.id);
 * }
 * ```
 */
export function OnSagaStuck(saga?: string, options?: SagaEndingOptions): EndingDecorator {
  return declare({ decorator: '@OnSagaStuck()', ending: 'stuck', saga, options });
}

/** The decorators of a method, in the order in which they are written. */
export function endingsOf(method: unknown): readonly DeclaredEnding[] {
  if (typeof method !== 'function') return [];
  return (Reflect.get(method, endingsKey) as readonly DeclaredEnding[] | undefined) ?? [];
}

function declare(declared: DeclaredEnding): EndingDecorator {
  return (_target, _method, { value: handler }) => {
    // Decorators run from the last one to the first.
    if (handler !== undefined) Reflect.set(handler, endingsKey, [declared, ...endingsOf(handler)]);
  };
}
