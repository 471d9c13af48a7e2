import { notifySaga, notifyWorker } from './notify.js';
import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from './saga-listener.js';

const event: SagaLifecycleEvent = { type: 'completed', sagaId: 'a', saga: 'order', version: 1 };
const workerEvent: WorkerEvent = { type: 'lease-lost', worker: 'w' };
const problem = new Error('the broker is down');

describe('what a listener throws', () => {
  it.each<[string, () => void]>([
    [
      'at once',
      () => {
        throw problem;
      },
    ],
    ['by a promise', async () => Promise.reject(problem)],
  ])('%s is reported with the event, to it or to another', async (_name, fail) => {
    const reported: unknown[] = [];
    const listener: SagaListener = {
      onSagaEvent: fail,
      onWorkerEvent: fail,
      onListenerError: (...args) => reported.push(args),
    };
    const elsewhere: unknown[] = [];
    notifySaga(listener, event);
    notifyWorker(listener, workerEvent);
    notifySaga(listener, event, { onListenerError: (...args) => elsewhere.push(args) });
    await new Promise((resolve) => setImmediate(resolve));
    expect(reported).toEqual([
      [problem, event],
      [problem, workerEvent],
    ]);
    expect(elsewhere).toEqual([[problem, event]]);
  });

  it('has no effect, even if the report throws too or there is no reporter', () => {
    const fail = (): never => {
      throw problem;
    };
    expect(() => notifySaga({ onSagaEvent: fail, onListenerError: fail }, event)).not.toThrow();
    expect(() => notifyWorker({ onWorkerEvent: fail }, workerEvent)).not.toThrow();
    expect(() => notifySaga(undefined, event)).not.toThrow();
  });
});
