import type { CallFault, SagaPlan } from '../simulation/run-plan.js';

/** What is tried with a small saga, beside a run without a fault. */
export interface ExhaustiveScope {
  readonly name: string;
  /**
   * Whether it is tried at all.
   *
   * @param index The saga's place among all of them.
   */
  includes(saga: SagaPlan, index: number): boolean;
  /** One crash, at every place. */
  isCrashing(saga: SagaPlan): boolean;
  /** A second crash, at every place behind the first. */
  isCrashingTwice(saga: SagaPlan, index: number): boolean;
  /** What befalls one call after the other. */
  losses(saga: SagaPlan, index: number): readonly CallFault[];
}

const allLosses: readonly CallFault[] = ['answer-lost', 'request-lost', 'not-written'];

/** In so many slices everything is tried. A prime number, so that each slice has some of every kind of saga. */
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
 * One crash in every saga. A second one in those of one and two steps and in those of three with one fallback at
 * most, and every loss in those of one and two; of the others one slice has all of it.
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

/** The slice of a day, so that all of them have had their turn after as many days. */
export function sliceOfDay(day: Date): number {
  return Math.floor(day.getTime() / 86_400_000) % slices;
}

/**
 * Sagas of one and two steps, with one crash or lost answer where they have one fallback at most, and some of those of
 * three without a fault: enough for a mistake to show.
 */
export const tiny: ExhaustiveScope = {
  name: 'tiny',
  includes: (saga, index) => isShort(saga) || index % 10 === 0,
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

function countFallbacks({ stages }: SagaPlan): number {
  return stages.filter(({ alternative }) => alternative !== undefined).length;
}
