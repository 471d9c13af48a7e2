import type { Json } from '../context/context-codec.js';
import { hydrate } from '../context/hydrate.js';
import type { SagaDefinition } from '../definition/saga-definition.js';
import type { ApprovalDefinition, WaitDefinition } from '../definition/wait-definition.js';
import { isDate } from '../identity/values.js';
import type { WaitStart } from '../journal/journal-entry.js';
import type { Park } from '../journal/park.js';
import type { Clock } from '../ports/clock.js';
import { maximumWaitMs } from '../options/option.js';

/** How the owner of a saga waits. */
export interface WaitingRule {
  /** A saga with a longer wait is parked, in milliseconds; undefined: no saga is parked. */
  readonly parkAboveMs: number | undefined;
  /** The clock of the owner. Its wall time is read only if the saga cannot be parked. */
  readonly clock: Clock;
}

/** A function of the definition threw, or returned an invalid value. */
export interface FailedFunction {
  readonly thrown: unknown;
}

/**
 * The properties of the entry that leads to a wait. An error thrown here means that the saga's record cannot be used.
 */
export function beginningOf(
  definition: SagaDefinition,
  wait: WaitDefinition,
  context: Json,
  rule: WaitingRule,
): WaitStart | FailedFunction {
  const park = parkOf(definition, wait, context);
  if ('thrown' in park) return park;
  const words = wait.for === 'approval' ? wordsOf(definition, wait, context) : {};
  if ('thrown' in words) return words;
  if (rule.parkAboveMs === undefined) return { wait: inMemory(park, rule), ...words };
  const isShort = park.dueInMs !== undefined && park.dueInMs <= rule.parkAboveMs;
  return isShort ? { wait: park, ...words } : { park, ...words };
}

/** Calls a function of the definition with a copy of the context. */
export function callWith<Result>(
  { context: contextClass, codec }: SagaDefinition,
  context: Json,
  call: (context: unknown) => Result,
): Result | FailedFunction {
  const copy = hydrate(contextClass, codec.decode(context));
  try {
    return call(copy);
  } catch (thrown) {
    return { thrown };
  }
}

function parkOf(definition: SagaDefinition, wait: WaitDefinition, context: Json): Park | FailedFunction {
  const base = { for: wait.for, name: wait.id };
  if (wait.for !== 'delay') return { ...base, dueInMs: wait.timeoutMs && Math.ceil(wait.timeoutMs) };
  const { length } = wait;
  if (typeof length === 'number') return { ...base, dueInMs: Math.ceil(length) };
  return callWith(definition, context, (copy) => {
    const given: unknown = length(copy);
    if (isMoment(given)) return { ...base, dueInMs: undefined, nextRunAt: given };
    if (typeof given === 'number' && given >= 0 && given <= maximumWaitMs)
      return { ...base, dueInMs: Math.ceil(given) };
    throw new TypeError(
      `The function of the delay "${wait.id}" has to give a Date or a number of milliseconds from 0 to ${maximumWaitMs}.`,
    );
  });
}

/** The title of an approval, and the actor who must not decide it. */
function wordsOf(
  definition: SagaDefinition,
  { id, title, notBy }: ApprovalDefinition,
  context: Json,
): Pick<WaitStart, 'title' | 'notBy'> | FailedFunction {
  if (title === undefined && notBy === undefined) return {};
  return callWith(definition, context, (copy) => ({
    ...(title === undefined ? {} : { title: textOf(title(copy), 'title', id) }),
    ...optionalText(notBy?.(copy), id),
  }));
}

function optionalText(given: unknown, id: string): Pick<WaitStart, 'notBy'> {
  return given === undefined ? {} : { notBy: textOf(given, 'notBy', id) };
}

function textOf(given: unknown, name: string, id: string): string {
  if (typeof given === 'string' && given.length <= 1_000) return given;
  throw new TypeError(`${name}() of the approval "${id}" has to give a text of at most 1000 characters.`);
}

function isMoment(given: unknown): given is Date {
  return isDate(given) && Math.abs(given.getTime()) <= latestMoment;
}

/** The end of the year 9999, which every storage can keep. */
const latestMoment = 253_402_300_799_999;

/** A process that does not recover sagas would not claim a parked one again, so it waits by its own clock. */
function inMemory({ nextRunAt, ...park }: Park, { clock }: WaitingRule): Park {
  return nextRunAt === undefined
    ? park
    : { ...park, dueInMs: Math.max(0, nextRunAt.getTime() - clock.now()) };
}
