import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from './saga-listener.js';

type Reporter = Pick<SagaListener, 'onListenerError'>;

/**
 * Tells a listener about a saga. What it throws, at once or by a promise, harms no saga and is reported.
 *
 * @param reporter Who is told of that, if it is not the listener itself.
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

/** Tells a listener about this worker, as `notifySaga` does about a saga. */
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

/** An async listener gives a promise, though its type says nothing of it: left alone, it would end the process. */
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
    // There is no other place to say it.
  }
}
