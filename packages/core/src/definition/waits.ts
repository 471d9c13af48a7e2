import { isObject } from '../options/option.js';
import type { SagaSignal } from './saga-signal.js';

/** The common options of all kinds of waits. */
export interface WaitIdentity {
  /** Earlier ids of the wait, the oldest first: executions with these ids in their journals continue. */
  readonly aliases?: readonly string[];
}

/** The length of a delay: milliseconds, or a function of the context that returns them or the moment of the end. */
export type DelayLength<Context = never> = number | ((context: Context) => number | Date);

/** A stage of a saga that only takes time: see {@link delay}. */
export interface Delay<Context = never> extends WaitIdentity {
  readonly kind: 'delay';
  readonly id: string;
  readonly length: DelayLength<Context>;
}

/** What follows if a wait ends without the awaited message. */
export type OnTimeout = 'compensate' | 'continue';

/** One of the awaited signals with its payload. */
export type TakenSignal<Signals extends readonly SagaSignal[]> = {
  readonly [index in keyof Signals]: Signals[index] extends SagaSignal<infer Name, infer Payload, infer _>
    ? { readonly signal: Name; readonly payload: Payload }
    : never;
}[number];

/** The options of a wait for signals. */
export interface WaitForOptions<
  Context = never,
  Signals extends readonly SagaSignal[] = readonly SagaSignal[],
> extends WaitIdentity {
  /** The limit of the wait, in milliseconds, at most 100 years. Without it the wait has no limit. */
  readonly timeoutMs?: number;
  /** Whether the saga is undone after the limit, or continues. @default 'compensate' */
  readonly onTimeout?: OnTimeout;
  /** Puts the signal into the context: it changes the context, or returns another one. Synchronous, and called once. */
  readonly apply?: (context: Context, taken: TakenSignal<Signals>) => Context | void;
}

/** A stage of a saga that waits for a signal from outside: see {@link waitFor}. */
export interface WaitFor<Context = never> extends WaitIdentity {
  readonly kind: 'wait-for';
  readonly id: string;
  readonly signals: readonly SagaSignal[];
  readonly timeoutMs?: number;
  readonly onTimeout?: OnTimeout;
  readonly apply?: (context: Context, taken: never) => unknown;
}

/** The options of an approval. */
export interface ApprovalOptions<Context = never> extends WaitIdentity {
  /** The limit of the wait, in milliseconds, at most 100 years. Without it the wait has no limit. */
  readonly timeoutMs?: number;
  /** Whether the saga is undone after the limit, or continues. @default 'compensate' */
  readonly onTimeout?: OnTimeout;
  /** Whether the saga is undone after a rejection, or continues. @default 'compensate' */
  readonly onReject?: OnTimeout;
  /** Only actors with one of these roles may decide. Without it every actor may. */
  readonly roles?: readonly string[];
  /** The text of the decision for the person who decides. */
  readonly title?: (context: Context) => string;
  /** The actor who must not decide, for example the one who made the request. */
  readonly notBy?: (context: Context) => string | undefined;
}

/** A stage of a saga that waits for a person's decision: see {@link approval}. */
export interface Approval<Context = never> extends ApprovalOptions<Context> {
  readonly kind: 'approval';
  readonly id: string;
}

/** A stage of a saga that waits. */
export type DeclaredWait<Context = never> = Delay<Context> | WaitFor<Context> | Approval<Context>;

/**
 * Declares a stage that only takes time. It needs no process: the saga continues when the time has come, by the
 * storage's clock, after any number of restarts.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @param length Milliseconds, or a function of the context that returns them or a `Date`. Synchronous, and called once.
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
 * Declares a stage that waits for a signal, or for the first of several. A signal that arrived earlier counts.
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
 * Declares a stage that waits for the decision of a person.
 *
 * @param id Unique among the steps of the saga; it is stored, so keep it.
 * @example
 * approval('big-refund', { roles: ['finance'], timeoutMs: days(2), notBy: (order) => order.requestedBy })
 */
export function approval<Context>(id: string, options: ApprovalOptions<Context> = {}): Approval<Context> {
  return { ...given(options), kind: 'approval', id };
}

/** Whether a declared stage is a wait. */
export function isWait(declared: unknown): declared is DeclaredWait {
  if (typeof declared !== 'object' || declared === null) return false;
  const kind: unknown = Reflect.get(declared, 'kind');
  return kind === 'delay' || kind === 'wait-for' || kind === 'approval';
}

/** A value that is not an object is kept, so that the check of the saga reports it. */
function given<Options extends object>(options: Options): Options {
  return isObject(options) ? options : ({ options } as never);
}
