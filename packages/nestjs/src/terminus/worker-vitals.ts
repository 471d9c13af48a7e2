import type { Clock } from '@nest-saga/core';
import type { SagaWorkerOptions } from '@nest-saga/core/engine';
import type { HostedEngine } from '../runtime/saga-engines.js';
import type { WorkerVitals } from './judge-health.js';

/** Each interval varies by a fifth, so two of them may take this much longer. */
const jitter = 1.2;

/** The state of this process as a worker, without asking the storage; undefined if it runs no sagas. */
export function readWorkerVitals(
  { worker }: Pick<HostedEngine, 'worker'>,
  { worker: runsSagas, lease, recovery }: SagaWorkerOptions,
  clock: Clock,
): WorkerVitals | undefined {
  if (!runsSagas) return undefined;
  const now = clock.monotonicNow();
  const ageOf = (at: number | undefined) => (at === undefined ? undefined : now - at);
  return {
    isFenced: !worker.lease.isValid(),
    heartbeatAgeMs: ageOf(worker.lease.lastRenewedAt),
    heartbeatLimitMs: 2 * lease.renewalIntervalMs,
    sweep: recovery.enabled
      ? { ageMs: ageOf(worker.sweep.lastSuccessAt), limitMs: 2 * jitter * recovery.intervalMs }
      : undefined,
  };
}
