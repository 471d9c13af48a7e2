import type { SagaDefinitionProblem } from '../errors/saga-definition-error.js';
import { checkTable, group } from './check-table.js';
import { fill } from './defaults-of.js';
import type { DefaultsOf } from './defaults-of.js';
import { amount, count, flag, oneOf, share, time } from './option.js';
import type { OptionPlace, OptionsOf } from './option.js';
import { retentionTable } from './retention-options.js';
import { sinksOption } from './sinks-option.js';

/** The lease of a process. */
const leaseTable = {
  /**
   * After this long without a renewal other processes claim this process's sagas, in milliseconds.
   *
   * @default 30_000
   */
  leaseDurationMs: time({ default: 30_000, minimum: 1 }),
  /** How often this process renews its lease, in milliseconds. @default 10_000 */
  renewalIntervalMs: time({ default: 10_000, minimum: 1 }),
  /** This process stops its sagas this long before its lease is over, in milliseconds. @default 5_000 */
  safetyMarginMs: time({ default: 5_000, minimum: 0 }),
};

// A lease that is renewed too late would be lost each time.
function checkLease(place: OptionPlace, value: unknown): readonly SagaDefinitionProblem[] {
  const problems = checkTable(place, value, leaseTable);
  if (problems.length > 0) return problems;
  const { leaseDurationMs, renewalIntervalMs, safetyMarginMs } = fill(leaseTable, Object(value) as object);
  if (renewalIntervalMs + safetyMarginMs < leaseDurationMs) return [];
  const { where, path } = place;
  return [
    {
      where,
      problem: `${path}.renewalIntervalMs (${renewalIntervalMs}) and ${path}.safetyMarginMs (${safetyMarginMs}) leave nothing of ${path}.leaseDurationMs (${leaseDurationMs})`,
      remedy: 'Set a lease that is longer than the two together, best three times the renewal interval',
    },
  ];
}

/** How this process finds queued and orphaned sagas. */
const recoveryTable = {
  /** With `false` this process runs only the sagas that are started in it. @default true */
  enabled: flag({ default: true }),
  /**
   * Between two sweeps, in milliseconds; varied by a fifth, so that processes do not sweep in step.
   *
   * @default 5_000
   */
  intervalMs: time({ default: 5_000, minimum: 1 }),
  /** The most sagas that one statement claims. @default 100 */
  batchSize: count({ default: 100, minimum: 1 }),
  /** The most claimed sagas that run here at once. @default 50 */
  concurrency: count({ default: 50, minimum: 1 }),
  /** Recoveries without progress after which a saga is STUCK. @default 5 */
  maximumRecoveryAttempts: count({ default: 5, minimum: 0 }),
};

/** How the events that steps emit are delivered. */
const eventsTable = {
  /** The most handlers that run at once in this process. @default 100 */
  concurrency: count({ default: 100, minimum: 1 }),
  /** The limit of one attempt of a handler, in milliseconds. @default 30_000 */
  timeoutMs: time({ default: 30_000, minimum: 1 }),
  /** When a handler that failed is called again. After its last attempt the saga continues. */
  retry: group({
    /** All attempts of a handler together, the first included: an integer of at least 1. @default 3 */
    maximumAttempts: count({ default: 3, minimum: 1 }),
    /** The delay before the second attempt, in milliseconds. @default 1_000 */
    initialIntervalMs: time({ default: 1_000, minimum: 0 }),
    /** Factor applied to each further delay: at least 1. @default 2 */
    backoffCoefficient: amount({ default: 2, minimum: 1 }),
    /** No delay is longer than this, in milliseconds. @default 60_000 */
    maximumIntervalMs: time({ default: 60_000, minimum: 0 }),
    /** The share of each delay that is random, from 0 (none) to 1 (all of it). @default 0.2 */
    jitter: share({ default: 0.2 }),
  }),
  /** The brokers that take the events of steps. @default none */
  sinks: sinksOption,
  /**
   * `hold`: a message that a sink has refused 20 times waits for a person, and so do the later messages of its saga.
   * `skip`: the later ones are delivered.
   *
   * @default 'hold'
   */
  onPoison: oneOf(['hold', 'skip'], { default: 'hold' }),
  /**
   * How often this process looks for messages that other processes left, in milliseconds. A process without sinks and
   * without handlers of ends does not look.
   *
   * @default 1_000
   */
  relayIntervalMs: time({ default: 1_000, minimum: 1 }),
};

/** How a process runs and recovers sagas. */
export const workerTable = {
  /** With `false` this process runs no sagas: it queues starts, watches, and sends requests. @default true */
  worker: flag({ default: true }),
  /** The most sagas that this process runs at once; a start above it waits. @default 1_000 */
  concurrency: count({ default: 1_000, minimum: 1 }),
  /** How long such a start waits before it is refused with a `SagaBusyError`, in milliseconds. @default 10_000 */
  busyTimeoutMs: time({ default: 10_000, minimum: 0 }),
  /**
   * A saga that waits longer than this for its next attempt is parked, in milliseconds: it has no owner and no
   * slot, and any worker claims it when its time has come. A process with `recovery.enabled: false` parks none,
   * because it would not claim the saga again.
   *
   * @default 5_000
   */
  parkAboveMs: time({ default: 5_000, minimum: 0 }),
  /** How long this process counts as alive, and how often it says so. */
  lease: { ...group(leaseTable), check: checkLease },
  /** How this process finds queued and orphaned sagas. */
  recovery: group(recoveryTable),
  /** How the events that steps emit are delivered. A saga waits for its handlers before it continues. */
  events: group(eventsTable),
  /** How long sagas that ended are kept. By default they stay forever. */
  retention: group(retentionTable),
  /**
   * How often journals are read for entries of other processes, in milliseconds; a hint causes an earlier read.
   *
   * @default 1_000
   */
  watchIntervalMs: time({ default: 1_000, minimum: 1 }),
  /** How long a shutdown waits for running steps before their signals fire, in milliseconds. @default 10_000 */
  shutdownTimeoutMs: time({ default: 10_000, minimum: 0 }),
  /** How long a step may still take after its signal fired, in milliseconds. @default 5_000 */
  abortGraceMs: time({ default: 5_000, minimum: 0 }),
  /** A larger context is reported, in bytes; over 1 MiB it is refused. @default 65_536 */
  contextWarningBytes: count({ default: 65_536, minimum: 1 }),
  /**
   * With `true` a saga that is started and run in this process keeps the `AsyncLocalStorage` stores of its caller. They
   * are kept in memory while it runs, and are gone after a recovery: put all data that a step needs into the context.
   * Queued and recovered sagas always run with the stores of the bootstrap.
   *
   * @default false
   */
  keepsCallerSurroundings: flag({ default: false }),
};

/** The options of a worker, all of which have defaults. */
export interface SagaWorkerSettings extends OptionsOf<typeof workerTable> {}

/** How long a process counts as alive, and how often it says so. */
export interface SagaLeaseOptions extends OptionsOf<typeof leaseTable> {}

/** How a process finds queued and orphaned sagas. */
export interface SagaRecoveryOptions extends OptionsOf<typeof recoveryTable> {}

/** How a process runs and recovers sagas, with every option set. */
export interface SagaWorkerOptions extends DefaultsOf<typeof workerTable> {}

/** Fills in the defaults. Options of other tables are left out. */
export function resolveWorkerOptions(settings: SagaWorkerSettings): SagaWorkerOptions {
  return fill(workerTable, settings);
}
