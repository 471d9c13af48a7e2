import type { SagaEngine } from '@nest-saga/core/engine';
import type { Saboteur } from './saboteur.js';

/** The private side of an executor: how it interrupts a running act. */
interface ExecutorInternals {
  readonly attempt: { abort(reason: string): void } | undefined;
  abortAct(reason: string): void;
}

/** A cancel fires the signal of every running act, also of one that is never undone. */
function signalPivots({ worker }: SagaEngine): void {
  const { running } = worker;
  const get = running.get.bind(running);
  running.get = (sagaId) => {
    const saga = get(sagaId);
    if (saga !== undefined) {
      const executor = saga.executor as unknown as ExecutorInternals;
      executor.abortAct = (reason) => executor.attempt?.abort(reason);
    }
    return saga;
  };
}

/** Engines that break a promise about the point of no return. */
export const brokenKinds: readonly Saboteur[] = [
  {
    name: 'the signal of a running pivot fires',
    mistake:
      'a cancel interrupts an act that is never undone, so that it is unknown whether it has its effect',
    breaks: ['forward-signalled'],
    sabotage: { engine: signalPivots },
  },
];
