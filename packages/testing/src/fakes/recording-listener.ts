import type { SagaLifecycleEvent, SagaListener, WorkerEvent } from '@nest-saga/core';

type SagaEventOf<Type> = Extract<SagaLifecycleEvent, { readonly type: Type }>;
type WorkerEventOf<Type> = Extract<WorkerEvent, { readonly type: Type }>;

/** Keeps all events that a listener gets, in order. */
export class RecordingListener implements SagaListener {
  readonly sagaEvents: SagaLifecycleEvent[] = [];
  readonly workerEvents: WorkerEvent[] = [];

  onSagaEvent(event: SagaLifecycleEvent): void {
    this.sagaEvents.push(event);
  }

  onWorkerEvent(event: WorkerEvent): void {
    this.workerEvents.push(event);
  }

  /** The saga events of one type, in order. */
  ofType<Type extends SagaLifecycleEvent['type']>(type: Type): readonly SagaEventOf<Type>[] {
    return this.sagaEvents.filter((event): event is SagaEventOf<Type> => event.type === type);
  }

  /** The worker events of one type, in order. */
  ofWorkerType<Type extends WorkerEvent['type']>(type: Type): readonly WorkerEventOf<Type>[] {
    return this.workerEvents.filter((event): event is WorkerEventOf<Type> => event.type === type);
  }

  /** The types of a saga's events, in order. */
  typesOf(sagaId: string): readonly SagaLifecycleEvent['type'][] {
    return this.sagaEvents.filter((event) => event.sagaId === sagaId).map(({ type }) => type);
  }

  /** The events that the steps of a saga emitted, in order of delivery. A repeated delivery is repeated here. */
  emitted(sagaId: string): readonly unknown[] {
    return this.ofType('emitted')
      .filter((event) => event.sagaId === sagaId)
      .map(({ event }) => event);
  }
}
