import type { SagaPlan } from '../simulation/run-plan.js';
import type { KillPlan } from './kill-switch.js';

/** A saga that lab processes can run. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: SagaPlan;
}

/** The settings with which a lab process is started. */
export interface LabProcessSettings {
  readonly name: string;
  readonly databaseUrl: string;
  readonly worldUrl: string;
  readonly kill?: KillPlan;
  /** The place at which it stops itself, as by SIGSTOP, until it is woken up. */
  readonly freeze?: KillPlan;
  /** The deliberate mistake in its code. */
  readonly saboteur?: string;
  /** The error of its wall clock, in milliseconds. */
  readonly clockSkewMs?: number;
}

/** An engine in a lab process. */
export interface EngineSettings {
  readonly sagas: readonly NamedPlan[];
  readonly worker: boolean;
}

/** A requested start. Without an id, the process generates one. */
export interface LabStart {
  readonly saga: string;
  readonly sagaId?: string;
  readonly key?: string;
  readonly isQueued: boolean;
}

/** A person's decision. */
export type Decision = 'approved' | 'rejected';

/** The questions that a lab process answers. */
export interface LabMethods {
  open(engine: string, settings: EngineSettings): void;
  close(engine: string): void;
  start(engine: string, request: LabStart): string;
  cancel(engine: string, sagaId: string): void;
  retry(engine: string, sagaId: string): void;
  /** Sends the signal for which planned sagas wait. */
  signal(engine: string, sagaId: string): void;
  /** Decides the approval with this id. */
  decide(engine: string, sagaId: string, approval: string, decision: Decision): void;
  /** Answers at once. The results of the watch are sent as messages with this watcher's name. */
  watch(engine: string, sagaId: string, fromSeq: number, watcher: string): void;
  /** Blocks the event loop until this file exists. */
  block(untilFile: string): void;
  places(): Readonly<Record<string, number>>;
  /** Describes the current work of its workers. */
  describe(): readonly string[];
  /** The number of running sagas and handlers, and of writes without an answer. */
  underway(): number;
  /** How often each kind of problem with the storage or the lease was reported, with the SQLSTATE if there was one. */
  troubles(): Readonly<Record<string, number>>;
}

/** A question to a lab process. */
export interface LabQuestion {
  readonly id: number;
  readonly method: keyof LabMethods;
  readonly parameters: readonly unknown[];
}

/** A message of a lab process. */
export type LabMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'stands-still' }
  | { readonly kind: 'answer'; readonly id: number; readonly answer: unknown }
  | { readonly kind: 'error'; readonly id: number; readonly name: string; readonly message: string }
  | { readonly kind: 'seen'; readonly watcher: string; readonly seq: number; readonly at: number }
  | { readonly kind: 'over'; readonly watcher: string; readonly status: string }
  | {
      readonly kind: 'watch-failed';
      readonly watcher: string;
      readonly name: string;
      readonly message: string;
    };
