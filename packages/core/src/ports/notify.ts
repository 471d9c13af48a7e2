import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from './saga-listener.js';

type Reporter = Pick<SagaListener, 'onListenerError'>;

/**
 * Notifies a listener of an event of a saga. An error that it throws, or with which its promise rejects, harms no saga
 * and is reported.
 *
 * @param reporter Gets the error, if it is not the listener itself.
 */
export function notifySaga(
  listener: SagaListener | undefined,
  event: SagaLifecycleEvent,
  reporter: Reporter | undefined = listener,
): void {
  try {
    reportRejection(listener?.onSagaEvent?.(event), event, reporter);
  } catch (error) {
    report(error, event, reporter);
  }
}

/** Notifies a listener of an event of this worker, as `notifySaga` does for a saga. */
export function notifyWorker(
  listener: SagaListener | undefined,
  event: WorkerEvent,
  reporter: Reporter | undefined = listener,
): void {
  try {
    reportRejection(listener?.onWorkerEvent?.(event), event, reporter);
  } catch (error) {
    report(error, event, reporter);
  }
}

/**
 * An async listener returns a promise, although its type does not have one: an unhandled rejection would end the
 * process.
 */
function reportRejection(
  returned: unknown,
  event: SagaLifecycleEvent | WorkerEvent,
  reporter: Reporter | undefined,
): void {
  if (typeof returned !== 'object' || returned === null || !('then' in returned)) return;
  Promise.resolve(returned).catch((error: unknown) => report(error, event, reporter));
}

function report(
  error: unknown,
  event: SagaLifecycleEvent | WorkerEvent,
  reporter: Reporter | undefined,
): void {
  try {
    reporter?.onListenerError?.(error, event);
  } catch {
    // There is no other place to report it.
  }
}
