import type { SagaWorkerSettings } from '@nest-saga/core/engine';

/** The settings of a worker process when it is spawned. */
export interface WorkerSettings extends SagaWorkerSettings {
  readonly url: string;
  readonly hints?: boolean;
  readonly worker?: boolean;
  /** Whether a step that the context holds is held in this process. @default false */
  readonly holds?: boolean;
  /** Whether the breaker of the saga "guarded" refuses every call in this process. @default false */
  readonly refuses?: boolean;
}

/** A saga of three steps, and one whose step `charge` has a breaker and the alternative `invoice`. */
export type WorkSaga = 'work' | 'guarded';

/** The context of both: what becomes of the step `charge`. */
export interface WorkContext {
  /**
   * - `kill`: the process ends itself in the middle, at once; its other sagas have begun by then.
   * - `kill-or-throw`: a process that holds ends itself as with `kill`, and any other throws.
   * - `hold`: a process that holds stays in the step until the table `gate` has a row, deaf to its signal.
   * - `hold-and-throw`: as `hold`, and it throws then.
   */
  readonly charge: 'answer' | 'kill' | 'kill-or-throw' | 'hold' | 'hold-and-throw';
  /** Whether its steps leave the context as it is. @default false: each act writes its id to it */
  readonly isKept?: boolean;
}

/** The requests to a worker process. */
export interface WorkerCommand {
  readonly kind: 'start' | 'enqueue';
  readonly context: WorkContext;
  readonly saga: WorkSaga;
  readonly deadlineMs?: number;
}

/** The messages of a worker process. */
export type WorkerMessage =
  | { readonly kind: 'open' }
  | { readonly kind: 'stored'; readonly sagaId: string }
  | { readonly kind: 'hold-over'; readonly sagaId: string }
  | { readonly kind: 'saga-event'; readonly type: string; readonly sagaId: string; readonly reason?: string }
  | { readonly kind: 'worker-event'; readonly type: string };

/** The tables by which worker processes are steered and watched: what they do is there, however they end. */
export const workTables = `
  CREATE TABLE gate (is_open boolean);
  CREATE TABLE call (id bigint GENERATED ALWAYS AS IDENTITY, process integer, saga_id uuid, what text)`;
