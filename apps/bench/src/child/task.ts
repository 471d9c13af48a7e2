import type { SagaLeaseOptions } from '@nest-saga/nestjs';
import type { ContestantName, ContestantOptions } from '../contestants/contestant.js';
import type { LoadMeasurement } from '../measure/load-measurement.js';
import type { LoadWindow } from '../measure/measure-load.js';

/** A contestant under a closed loop. */
export interface LoadTask extends ContestantOptions {
  readonly kind: 'load';
  readonly contestant: ContestantName;
  /** Undefined where the contestant needs no server. */
  readonly serverPid: number | undefined;
  readonly window: LoadWindow;
}

/** So many sagas, one process, with a look at its memory on the way. */
export interface SoakTask extends ContestantOptions {
  readonly kind: 'soak';
  readonly contestant: ContestantName;
  /** After how many sagas to look, in ascending order. */
  readonly marks: readonly number[];
}

/** Sagas whose second step does not come to an end. */
export interface ParkTask {
  readonly kind: 'park';
  readonly databaseUrl: string;
  readonly sagas: number;
  readonly contextBytes: number;
  readonly lease: SagaLeaseOptions;
}

/** A process that runs what is queued or orphaned, until its standard input ends. */
export interface WorkTask {
  readonly kind: 'work';
  readonly databaseUrl: string;
}

/** A process that queues sagas and runs none. */
export interface EnqueueTask {
  readonly kind: 'enqueue';
  readonly databaseUrl: string;
  readonly sagas: number;
  readonly atOnce: number;
}

/** What a child process is told to do. */
export type Task = LoadTask | SoakTask | ParkTask | WorkTask | EnqueueTask;

/** What a soak looks like at one mark. */
export interface SoakMark {
  readonly sagas: number;
  /** Since the mark before. */
  readonly sagasPerSecond: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** What parked sagas hold in memory, each. */
export interface ParkedMemory {
  readonly sagas: number;
  readonly heapBytesPerSaga: number;
  /** Of that: the context as an object and as text. */
  readonly contextBytesPerSaga: number;
}

/** What a child process answers: one message for each kind of task. */
export interface Answers {
  readonly load: LoadMeasurement;
  readonly soak: readonly SoakMark[];
  readonly park: ParkedMemory;
  readonly work: { readonly isReady: true };
  readonly enqueue: { readonly seconds: number };
}
