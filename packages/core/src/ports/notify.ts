import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from './saga-listener.js';

/** Tells a listener about a saga; what it throws is its own affair. */
export function notifySaga(listener: SagaListener | undefined, event: SagaLifecycleEvent): void {
  try {
    listener?.onSagaEvent?.(event);
  } catch {
    // A listener never harms a saga.
  }
}

/** Tells a listener about this worker; what it throws is its own affair. */
export function notifyWorker(listener: SagaListener | undefined, event: WorkerEvent): void {
  try {
    listener?.onWorkerEvent?.(event);
  } catch {
    // A listener never harms a worker.
  }
}
