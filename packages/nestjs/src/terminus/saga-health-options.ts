import { checkNames, InvalidArgumentError } from '@nest-saga/core';

/** When sagas count as healthy. Times in milliseconds. */
export interface SagaHealthOptions {
  /** A check answers within this time: a storage that takes longer is down. @default 3_000 */
  readonly timeoutMs?: number;
  /** Degraded where the oldest open saga was started longer ago. @default 3_600_000 (an hour) */
  readonly maximumOpenAgeMs?: number;
  /**
   * Whether every open saga in the storage is expected to be registered here. Turn it off where several applications
   * with different sagas share one storage.
   *
   * @default true
   */
  readonly expectsEverySaga?: boolean;
}

/** The documented defaults of {@link SagaHealthOptions}. */
export const sagaHealthDefaults = Object.freeze({
  timeoutMs: 3_000,
  maximumOpenAgeMs: 3_600_000,
  expectsEverySaga: true,
});

/**
 * Fills in the defaults.
 *
 * @throws InvalidArgumentError for an option out of range.
 */
export function resolveHealthOptions(options: SagaHealthOptions): Required<SagaHealthOptions> {
  checkNames('options', options, Object.keys(sagaHealthDefaults));
  const {
    timeoutMs = sagaHealthDefaults.timeoutMs,
    maximumOpenAgeMs = sagaHealthDefaults.maximumOpenAgeMs,
    expectsEverySaga = sagaHealthDefaults.expectsEverySaga,
  } = options;
  const resolved = { timeoutMs, maximumOpenAgeMs, expectsEverySaga };
  for (const name of ['timeoutMs', 'maximumOpenAgeMs'] as const) {
    const value = resolved[name];
    if (!Number.isFinite(value) || value < 1 || value > 2_147_483_647)
      throw new InvalidArgumentError(name, 'pass a number of milliseconds from 1 to 2147483647');
  }
  if (typeof resolved.expectsEverySaga !== 'boolean')
    throw new InvalidArgumentError('expectsEverySaga', 'pass true or false');
  return resolved;
}
