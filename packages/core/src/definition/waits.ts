import { isObject } from '../options/option.js';
import type { SagaSignal } from './saga-signal.js';

/** What a wait of any kind can say beside what it waits for. */
export interface WaitIdentity {
  /** Ids that it had before, oldest first: journals that hold them go on. */
  readonly aliases?: readonly string[];
}

/** How long a delay takes: milliseconds, or a function of the context that gives them or the moment at which it ends. */
export type DelayLength<Context = never> = number | ((context: Context) => number | Date);

/** A place of a saga that nothing fills but time: see {@link delay}. */
export interface Delay<Context = never> extends WaitIdentity {
  readonly kind: 'delay';
  readonly id: string;
  readonly length: DelayLength<Context>;
}

/** What follows if a wait is over without what it waited for. */
export type OnTimeout = 'compensate' | 'continue';

/** One of the signals that a wait took: its name and its payload. */
export type TakenSignal<Signals extends readonly SagaSignal[]> = {
  readonly [index in keyof Signals]: Signals[index] extends SagaSignal<infer Name, infer Payload, infer _>
    ? { readonly signal: Name; readonly payload: Payload }
    : never;
}[number];

/** What can be said about a wait for signals. */
export interface WaitForOptions<
  Context = never,
  Signals extends readonly SagaSignal[] = readonly SagaSignal[],
> extends WaitIdentity {
  /** The wait ends after so long without a signal, in milliseconds, at most 100 years. Without it, it waits for as long as it takes. */
  readonly timeoutMs?: number;
  /** Whether the saga is undone then, or goes on. @default 'compensate' */
  readonly onTimeout?: OnTimeout;
  /** Puts what was taken into the context: it changes the context, or returns another one. Synchronous, and called once. */
  readonly apply?: (context: Context, taken: TakenSignal<Signals>) => Context | void;
}

/** A place of a saga that a signal from outside fills: see {@link waitFor}. */
export interface WaitFor<Context = never> extends WaitIdentity {
  readonly kind: 'wait-for';
  readonly id: string;
  readonly signals: readonly SagaSignal[];
  readonly timeoutMs?: number;
  readonly onTimeout?: OnTimeout;
  readonly apply?: (context: Context, taken: never) => unknown;
}

/** What can be said about an approval. */
export interface ApprovalOptions<Context = never> extends WaitIdentity {
  /** The wait ends after so long without a decision, in milliseconds, at most 100 years. Without it, it waits for as long as it takes. */
  readonly timeoutMs?: number;
  /** Whether the saga is undone then, or goes on. @default 'compensate' */
  readonly onTimeout?: OnTimeout;
  /** Whether the saga is undone if it is rejected, or goes on. @default 'compensate' */
  readonly onReject?: OnTimeout;
  /** Only an actor with one of these roles may decide. Everybody, if left out. */
  readonly roles?: readonly string[];
  /** What is to be decided, in words for the one who decides. */
  readonly title?: (context: Context) => string;
  /** Who must not decide, for example the one who asked for it. */
  readonly notBy?: (context: Context) => string | undefined;
}

/** A place of a saga that a person's decision fills: see {@link approval}. */
export interface Approval<Context = never> extends ApprovalOptions<Context> {
  readonly kind: 'approval';
  readonly id: string;
}

/** Any place of a saga that waits. */
export type DeclaredWait<Context = never> = Delay<Context> | WaitFor<Context> | Approval<Context>;

/**
 * Declares a place in a saga that only takes time. It holds no process: the saga goes on when the time has come, by the
 * storage's clock, whatever was restarted meanwhile.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param length Milliseconds, or a function of the context that gives them or a `Date`. Synchronous, and called once.
 * @example
 * steps: [ReserveStep, delay('cooling-off', hours(24)), delay('pick-up', (order) => order.pickupAt), ShipStep]
 */
export function delay<Context>(
  id: string,
  length: DelayLength<Context>,
  options: WaitIdentity = {},
): Delay<Context> {
  return { ...given(options), kind: 'delay', id, length };
}

/**
 * Declares a place in a saga that waits for a signal, or for the first of several. One that came before counts.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @example
 * waitFor('delivery', [delivered, returned], {
 *   timeoutMs: days(3),
 *   apply: (order, { signal, payload }) => order.arrived(signal, payload),
 * })
 */
export function waitFor<Context, const Signals extends readonly SagaSignal[]>(
  id: string,
  signals: Signals,
  options: WaitForOptions<Context, Signals> = {},
): WaitFor<Context> {
  return { ...given(options), kind: 'wait-for', id, signals };
}

/**
 * Declares a place in a saga that waits for the decision of a person.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @example
 * approval('big-refund', { roles: ['finance'], timeoutMs: days(2), notBy: (order) => order.requestedBy })
 */
export function approval<Context>(id: string, options: ApprovalOptions<Context> = {}): Approval<Context> {
  return { ...given(options), kind: 'approval', id };
}

/** Whether a declared place in a saga is a wait. */
export function isWait(declared: unknown): declared is DeclaredWait {
  if (typeof declared !== 'object' || declared === null) return false;
  const kind: unknown = Reflect.get(declared, 'kind');
  return kind === 'delay' || kind === 'wait-for' || kind === 'approval';
}

/** What is no object is kept, for the check of the saga to say so. */
function given<Options extends object>(options: Options): Options {
  return isObject(options) ? options : ({ options } as never);
}
