import type { ContextClass } from '../context/hydrate.js';
import type { ContextCodec } from '../context/context-codec.js';
import type { Choose, When } from './choice.js';
import type { ChoiceDefinition, GuardedStage } from './choice-definition.js';
import type { CircuitBreaker } from './circuit-breaker.js';
import type { ErrorMatcher } from '../errors/error-matcher.js';
import type { Fallback } from './fallback.js';
import type { OptionsOf } from '../options/option.js';
import type { ForEach } from './for-each.js';
import type { Parallel } from './parallel.js';
import type { SagaStepPolicies } from '../options/step-policies.js';
import type { SagaExtras } from './saga-tables.js';
import type { SagaTags } from './saga-tags.js';
import type { WaitDefinition } from './wait-definition.js';
import type { DeclaredWait } from './waits.js';
import type { SagaStepOptions, StepDefinition, StepHandlerSource } from './saga-step.js';

/** A declared step, with its handler. */
export interface DeclaredStep extends SagaStepOptions {
  readonly handler: StepHandlerSource;
}

/** The options of a saga. */
export interface SagaOptions extends SagaStepPolicies, OptionsOf<SagaExtras> {
  /**
   * The name of the saga. Matches `^[A-Za-z][\w.:-]{0,99}$`. It is stored with every execution, so keep it when you
   * rename the class.
   */
  readonly name: string;
}

/** A declared saga, with its steps in order. */
export interface DeclaredSaga extends SagaOptions {
  readonly steps: readonly DeclaredStage[];
}

/** A stage of a saga, or a choice between stages. */
export type DeclaredStage = DeclaredLeaf | When<DeclaredStage> | Choose<DeclaredStage>;

/** A declared stage of any kind except a choice. */
export type DeclaredLeaf = DeclaredBranch | Parallel<DeclaredBranch> | ForEach<DeclaredStep> | DeclaredWait;

/** A declared stage that can also be a branch. */
export type DeclaredBranch = DeclaredStep | Fallback<DeclaredStep>;

/** A stage of a checked saga with one step. */
export interface StepStage extends GuardedStage {
  readonly kind: 'step';
  readonly step: StepDefinition;
}

/** A stage of a checked saga with a primary and its alternative. */
export interface FallbackStage extends GuardedStage {
  readonly kind: 'fallback';
  readonly primary: StepDefinition;
  readonly alternative: StepDefinition;
  /** Undefined: every error of the primary leads to the alternative. */
  readonly failureErrors: readonly ErrorMatcher[] | undefined;
  readonly circuitBreaker: CircuitBreaker | undefined;
}

/** A stage of a checked saga that waits. */
export interface WaitStage extends GuardedStage {
  readonly kind: 'wait';
  readonly wait: WaitDefinition;
}

/** A stage of a checked saga that can also be a branch: its id is that of its step, or of its primary. */
export type BranchStage = StepStage | FallbackStage;

/** The properties of every stage with branches. */
interface BranchesBase extends GuardedStage {
  readonly id: string;
  readonly aliases: readonly string[];
  readonly join: ((context: unknown, results: readonly unknown[]) => unknown) | undefined;
  readonly onFailure: 'finish' | 'abort';
  readonly undo: 'reverse' | 'parallel';
}

/** A stage of a checked saga whose branches run side by side. */
export interface ParallelStage extends BranchesBase {
  readonly kind: 'parallel';
  /** In their declared order. */
  readonly branches: readonly BranchStage[];
}

/** A stage of a checked saga that runs one step for each item. Its guards have the function that returns the items. */
export interface ForEachStage extends BranchesBase {
  readonly kind: 'for-each';
  readonly step: StepDefinition;
  readonly key: (item: unknown) => unknown;
  /** How many items run at the same time. */
  readonly concurrency: number;
}

/** A stage of a checked saga with several branches. */
export type BranchesStage = ParallelStage | ForEachStage;

/** One stage in the order of a saga. A union, so that other kinds of stages can be added. */
export type Stage = BranchStage | WaitStage | BranchesStage;

/** A checked saga, which the engine runs. Only made by `defineSaga`. */
export interface SagaDefinition {
  readonly name: string;
  readonly version: number;
  readonly context: ContextClass | undefined;
  readonly codec: ContextCodec;
  readonly maximumRecoveryAttempts: number;
  /** Undefined: without a deadline. */
  readonly deadlineMs: number | undefined;
  /** The tags of each execution, from its first context. Undefined: only those of the start. */
  readonly tags?: SagaTags | undefined;
  readonly stages: readonly Stage[];
  /** The choices between stages, the outer ones before the inner ones. */
  readonly choices: readonly ChoiceDefinition[];
}

/** The steps of a stage: those of its branches in order, the primary before its alternative. A wait has none. */
export function stepsOf(stage: Stage): readonly StepDefinition[] {
  switch (stage.kind) {
    case 'parallel':
      return stage.branches.flatMap(stepsOf);
    case 'for-each':
      return [stage.step];
    case 'step':
      return [stage.step];
    case 'fallback':
      return [stage.primary, stage.alternative];
    case 'wait':
      return [];
  }
}

/** The id under which a stage is skipped: its own, or that of its step, its primary or its wait. */
export function stageId(stage: Stage): string {
  switch (stage.kind) {
    case 'step':
      return stage.step.id;
    case 'fallback':
      return stage.primary.id;
    case 'wait':
      return stage.wait.id;
    case 'parallel':
    case 'for-each':
      return stage.id;
  }
}
