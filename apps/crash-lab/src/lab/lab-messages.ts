import type { SagaPlan } from '../simulation/run-plan.js';
import type { KillPlan } from './kill-switch.js';

/** A saga that lab processes can run. */
export interface NamedPlan {
  readonly name: string;
  readonly plan: SagaPlan;
}

/** What a lab process is started with. */
export interface LabProcessSettings {
  readonly name: string;
  readonly databaseUrl: string;
  readonly worldUrl: string;
  readonly kill?: KillPlan;
  /** Where it stops itself, as SIGSTOP does, until it is woken up. */
  readonly freeze?: KillPlan;
  /** The deliberate mistake that it is built with. */
  readonly saboteur?: string;
  /** By how much its wall clock is wrong. */
  readonly clockSkewMs?: number;
}

/** An engine in a lab process. */
export interface EngineSettings {
  readonly sagas: readonly NamedPlan[];
  readonly worker: boolean;
}

/** A start that is asked for. Without an id the process draws one. */
export interface LabStart {
  readonly saga: string;
  readonly sagaId?: string;
  readonly key?: string;
  readonly isQueued: boolean;
}

/** What a lab process does when it is asked. */
export interface LabMethods {
  open(engine: string, settings: EngineSettings): void;
  close(engine: string): void;
  start(engine: string, request: LabStart): string;
  cancel(engine: string, sagaId: string): void;
  retry(engine: string, sagaId: string): void;
  /** Answers at once; what is seen comes as messages to this watcher. */
  watch(engine: string, sagaId: string, fromSeq: number, watcher: string): void;
  /** Keeps the event loop from turning until there is such a file. */
  block(untilFile: string): void;
  places(): Readonly<Record<string, number>>;
  /** What its workers are doing. */
  describe(): readonly string[];
  /** How much it is in the middle of: sagas, handlers, and writes that have no answer yet. */
  underway(): number;
  /** How often each kind of trouble with the storage or the lease was reported, with the SQLSTATE if there was one. */
  troubles(): Readonly<Record<string, number>>;
}

/** A question to a lab process. */
export interface LabQuestion {
  readonly id: number;
  readonly method: keyof LabMethods;
  readonly parameters: readonly unknown[];
}

/** What a lab process says. */
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
