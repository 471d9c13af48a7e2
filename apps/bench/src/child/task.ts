import type { SagaLeaseOptions } from '@nest-saga/nestjs';
import type { ContestantName, ContestantOptions } from '../contestants/contestant.js';
import type { LoadMeasurement } from '../measure/load-measurement.js';
import type { LoadWindow } from '../measure/measure-load.js';

/** A contestant in a closed loop. */
export interface LoadTask extends ContestantOptions {
  readonly kind: 'load';
  readonly contestant: ContestantName;
  /** Undefined if the contestant needs no server. */
  readonly serverPid: number | undefined;
  readonly window: LoadWindow;
}

/** Many sagas in one process, with several measurements of its memory. */
export interface SoakTask extends ContestantOptions {
  readonly kind: 'soak';
  readonly contestant: ContestantName;
  /** The numbers of sagas after which memory is measured, in ascending order. */
  readonly marks: readonly number[];
}

/** Sagas whose second step does not end. */
export interface HoldTask {
  readonly kind: 'hold';
  readonly databaseUrl: string;
  readonly sagas: number;
  readonly contextBytes: number;
  readonly lease: SagaLeaseOptions;
}

/** A process that runs queued and orphaned sagas until its standard input ends. */
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

/** A process that runs sagas up to their wait and continues them after it, until its standard input ends. */
export interface ResumeTask {
  readonly kind: 'resume';
  readonly databaseUrl: string;
  readonly hints: boolean;
}

/** A process that starts sagas and sends each of them the signal for which it waits. */
export interface SignalTask {
  readonly kind: 'signal';
  readonly databaseUrl: string;
  readonly sagas: number;
  readonly worker: boolean;
  readonly hints: boolean;
}

/** The task of a child process. */
export type Task = LoadTask | SoakTask | HoldTask | WorkTask | EnqueueTask | ResumeTask | SignalTask;

/** The measurement of a soak at one mark. */
export interface SoakMark {
  readonly sagas: number;
  /** The rate since the previous mark. */
  readonly sagasPerSecond: number;
  readonly heapBytes: number;
  readonly rssBytes: number;
}

/** The memory of one saga in flight. */
export interface InFlightMemory {
  readonly sagas: number;
  readonly heapBytesPerSaga: number;
  /** The part of it that is the context, as an object and as text. */
  readonly contextBytesPerSaga: number;
}

/** The answers of child processes: one message for each kind of task. */
export interface Answers {
  readonly load: LoadMeasurement;
  readonly soak: readonly SoakMark[];
  readonly hold: InFlightMemory;
  readonly work: { readonly isReady: true };
  readonly enqueue: { readonly seconds: number };
  readonly resume: { readonly isReady: true };
  readonly signal: readonly number[];
}
