import { sagaDefaults } from '../definition/defaults.js';
import type { RecoverySweepOptions } from './recovery-sweep.js';
import type { WorkerLeaseOptions } from './worker-lease.js';

/** How a worker runs and recovers sagas, everything filled in. */
export interface SagaWorkerOptions {
  /** Sagas that this process runs at once. */
  readonly concurrency: number;
  /** How long a start waits for a place among them before it is refused, in milliseconds. */
  readonly busyTimeoutMs: number;
  /**
   * A saga that waits longer than this for its next attempt leaves its place and its owner meanwhile, in milliseconds.
   * Not in a process that recovers nothing: it would not claim the saga again.
   */
  readonly parkAboveMs: number;
  readonly lease: WorkerLeaseOptions;
  readonly recovery: RecoverySweepOptions & { readonly isEnabled: boolean; readonly concurrency: number };
  /** How often the journals of running and of followed sagas are read for news, in milliseconds. */
  readonly watchIntervalMs: number;
  /** How long a step that was told to stop may still take, in milliseconds. */
  readonly abortGraceMs: number;
  /** How long a shutdown waits for running steps before it tells them to stop, in milliseconds. */
  readonly shutdownTimeoutMs: number;
  /** A context over this size is reported, in bytes. */
  readonly contextWarningBytes: number;
  /** Whether a saga that is started and run here runs in the surroundings of its caller. */
  readonly keepsCallerSurroundings: boolean;
}

/** What can be set; the rest are the defaults. */
export interface SagaWorkerSettings {
  readonly concurrency?: number;
  readonly busyTimeoutMs?: number;
  readonly parkAboveMs?: number;
  readonly lease?: Partial<WorkerLeaseOptions>;
  readonly recovery?: Partial<SagaWorkerOptions['recovery']>;
  readonly watchIntervalMs?: number;
  readonly abortGraceMs?: number;
  readonly shutdownTimeoutMs?: number;
  readonly contextWarningBytes?: number;
  readonly keepsCallerSurroundings?: boolean;
}

/** Fills in the defaults. */
export function resolveWorkerOptions(settings: SagaWorkerSettings): SagaWorkerOptions {
  const { sweepIntervalMs, batchSize, concurrency } = sagaDefaults.recovery;
  return {
    concurrency: settings.concurrency ?? sagaDefaults.concurrency,
    parkAboveMs: settings.parkAboveMs ?? sagaDefaults.parkAboveMs,
    busyTimeoutMs: settings.busyTimeoutMs ?? sagaDefaults.busyTimeoutMs,
    lease: { ...sagaDefaults.worker, ...settings.lease },
    recovery: { isEnabled: true, sweepIntervalMs, batchSize, concurrency, ...settings.recovery },
    watchIntervalMs: settings.watchIntervalMs ?? sagaDefaults.watchIntervalMs,
    abortGraceMs: settings.abortGraceMs ?? sagaDefaults.abortGraceMs,
    shutdownTimeoutMs: settings.shutdownTimeoutMs ?? sagaDefaults.shutdownTimeoutMs,
    contextWarningBytes: settings.contextWarningBytes ?? sagaDefaults.contextWarningBytes,
    keepsCallerSurroundings: settings.keepsCallerSurroundings ?? false,
  };
}
