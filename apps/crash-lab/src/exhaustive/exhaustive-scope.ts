import type { CallFault, SagaPlan } from '../simulation/run-plan.js';

/** The faults to try with each small saga, in addition to a run without a fault. */
export interface ExhaustiveScope {
  readonly name: string;
  /**
   * Whether the saga is tried at all.
   *
   * @param index The index of the saga among all sagas.
   */
  includes(saga: SagaPlan, index: number): boolean;
  /** One crash, at every place. */
  isCrashing(saga: SagaPlan): boolean;
  /** A second crash, at every place after the first. */
  isCrashingTwice(saga: SagaPlan, index: number): boolean;
  /** The faults to try at one call after the other. */
  losses(saga: SagaPlan, index: number): readonly CallFault[];
}

const allLosses: readonly CallFault[] = ['answer-lost', 'request-lost', 'not-written'];

/** The number of slices that together try everything. A prime number, so that each slice has sagas of all kinds. */
export const slices = 23;

/** Everything with every saga. */
export const full: ExhaustiveScope = {
  name: 'full',
  includes: () => true,
  isCrashing: () => true,
  isCrashingTwice: () => true,
  losses: () => allLosses,
};

/**
 * One crash in every saga. A second one in sagas of one and two steps and in those of three with at most one fallback,
 * and every loss in sagas of one and two steps. For the other sagas, one slice has all second crashes and losses.
 */
export function slice(number: number): ExhaustiveScope {
  const isInSlice = (index: number): boolean => index % slices === number;
  return {
    name: `slice ${number} of ${slices}`,
    includes: () => true,
    isCrashing: () => true,
    isCrashingTwice: (saga, index) => isShort(saga) || countFallbacks(saga) <= 1 || isInSlice(index),
    losses: (saga, index) => (isShort(saga) || isInSlice(index) ? allLosses : []),
  };
}

/** The slice of a day: after as many days as there are slices, all of them have been run. */
export function sliceOfDay(day: Date): number {
  return Math.floor(day.getTime() / 86_400_000) % slices;
}

/**
 * Sagas of one and two steps, with one crash or lost answer if they have at most one fallback, a tenth of those with a
 * wait, and some sagas of three steps without a fault: enough to find a mistake.
 */
export const tiny: ExhaustiveScope = {
  name: 'tiny',
  includes: (saga, index) => (isShort(saga) && !hasWait(saga)) || index % 10 === 0,
  isCrashing: isTiny,
  isCrashingTwice: () => false,
  losses: (saga) => (isTiny(saga) ? ['answer-lost'] : []),
};

function isShort({ stages }: SagaPlan): boolean {
  return stages.length <= 2;
}

function isTiny(saga: SagaPlan): boolean {
  return isShort(saga) && countFallbacks(saga) <= 1;
}

function hasWait({ stages }: SagaPlan): boolean {
  return stages.some(({ delayMs, awaits }) => delayMs !== undefined || awaits !== undefined);
}

function countFallbacks({ stages }: SagaPlan): number {
  return stages.filter(({ alternative }) => alternative !== undefined).length;
}
