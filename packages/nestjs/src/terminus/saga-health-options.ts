import { defaultsOf, flag, takeOptions, time } from '@nest-saga/core/engine';
import type { OptionsOf } from '@nest-saga/core/engine';

/** The limits within which sagas are healthy. */
export const sagaHealthTable = {
  /** A check answers within this time, in milliseconds: a storage that takes longer is down. @default 3_000 */
  timeoutMs: time({ default: 3_000, minimum: 1 }),
  /** Degraded if the oldest open saga was started longer ago, in milliseconds: an hour. @default 3_600_000 */
  maximumOpenAgeMs: time({ default: 3_600_000, minimum: 1 }),
  /** Degraded if a message waits longer for its sink, in milliseconds: five minutes. @default 300_000 */
  maximumLagMs: time({ default: 300_000, minimum: 1 }),
  /**
   * Whether every open saga in the storage is expected to be registered here. Turn it off if several applications with
   * different sagas share one storage.
   *
   * @default true
   */
  expectsEverySaga: flag({ default: true }),
};

/** The limits within which sagas are healthy. */
export interface SagaHealthOptions extends OptionsOf<typeof sagaHealthTable> {}

/** The documented defaults of {@link SagaHealthOptions}. */
export const sagaHealthDefaults = defaultsOf(sagaHealthTable);

/**
 * Fills in the defaults.
 *
 * @throws InvalidArgumentError for an option that does not exist, or is out of range.
 */
export function resolveHealthOptions(options: SagaHealthOptions): Required<SagaHealthOptions> {
  return takeOptions(sagaHealthTable, options);
}
