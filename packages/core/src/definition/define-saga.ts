import type { ContextCodec } from '../context/context-codec.js';
import { jsonContextCodec } from '../context/context-codec.js';
import { SagaDefinitionError } from '../errors/saga-definition-error.js';
import { checkTable } from '../options/check-table.js';
import { breakerOption } from './fallback-table.js';
import { count, func, objectWith } from '../options/option.js';
import type { OptionsOf } from '../options/option.js';
import { CountingBreaker } from './counting-breaker.js';
import { policyTable } from '../options/step-policies.js';
import type { RetryPolicy, SagaStepPolicies } from '../options/step-policies.js';
import type { CircuitBreakerOptions } from '../options/circuit-breaker-options.js';
import type { ChoiceDefinition, FlatStage, Guard } from './choice-definition.js';
import { flatten } from './choice-definition.js';
import type { CircuitBreaker, CreateCircuitBreaker } from './circuit-breaker.js';
import { sagaDefaults } from '../options/defaults.js';
import { isFallback } from './fallback.js';
import type { Fallback } from './fallback.js';
import { kindDefaults } from './saga-tables.js';
import { resolvePolicies } from './resolve-policies.js';
import { branchesTable, forEachTable } from './parallel-table.js';
import { isForEach } from './for-each.js';
import type { ForEach } from './for-each.js';
import { isParallel } from './parallel.js';
import type { Parallel } from './parallel.js';
import { fillWait } from './wait-definition.js';
import { isWait } from './waits.js';
import type {
  BranchStage,
  ForEachStage,
  DeclaredBranch,
  DeclaredLeaf,
  DeclaredSaga,
  DeclaredStep,
  ParallelStage,
  SagaDefinition,
  Stage,
} from './saga-definition.js';
import type { StepDefinition } from './saga-step.js';
import { validateSaga, validateUniqueSagas } from './validate-definition.js';

const sharedExtras = {
  /** Replaces the JSON codec for the values of all sagas that have none of their own. */
  codec: objectWith<ContextCodec>('a ContextCodec', 'encode', 'decode'),
  /** Recoveries without progress after which a saga is STUCK. */
  maximumRecoveryAttempts: count({ minimum: 0 }),
  /** Makes the breaker of a fallback that only has settings. Without it such a fallback has no breaker. */
  createCircuitBreaker: func<CreateCircuitBreaker>(),
};

const sharedTable = { ...policyTable, ...sharedExtras };

/** The common options of the sagas of one application. */
export interface DefineSagaOptions extends SagaStepPolicies, OptionsOf<typeof sharedExtras> {}

/**
 * Checks one declared saga and fills in its defaults.
 *
 * @throws SagaDefinitionError with all its problems.
 */
export function defineSaga(declared: DeclaredSaga, options: DefineSagaOptions = {}): SagaDefinition {
  const [definition] = defineSagas([declared], options);
  if (definition === undefined) throw new SagaDefinitionError([]);
  return definition;
}

/**
 * Checks the sagas of an application together and fills in their defaults.
 *
 * @throws SagaDefinitionError with all problems of all sagas.
 */
export function defineSagas(
  declared: readonly DeclaredSaga[],
  options: DefineSagaOptions = {},
): readonly SagaDefinition[] {
  const problems = [
    ...checkTable({ where: "the module's defaults", path: '' }, options, sharedTable),
    ...declared.flatMap(validateSaga),
    ...validateUniqueSagas(declared),
  ];
  if (problems.length > 0) throw new SagaDefinitionError(problems);
  return declared.map((saga) => fillSaga(saga, options));
}

function fillSaga(saga: DeclaredSaga, options: DefineSagaOptions): SagaDefinition {
  const choices: ChoiceDefinition[] = [];
  const flat = flatten<DeclaredLeaf>(saga.steps, (choice) => choices.push(choice));
  return Object.freeze({
    name: saga.name,
    version: saga.version ?? 1,
    context: saga.context,
    codec: saga.codec ?? options.codec ?? jsonContextCodec,
    maximumRecoveryAttempts:
      saga.maximumRecoveryAttempts ??
      options.maximumRecoveryAttempts ??
      sagaDefaults.recovery.maximumRecoveryAttempts,
    deadlineMs: saga.deadlineMs,
    tags: saga.tags,
    stages: Object.freeze(flat.map((stage) => fillStage(stage, saga, options))),
    choices: Object.freeze([
      ...choices,
      ...flat.flatMap(({ declared }) => (isForEach(declared) ? [itemsOf(declared)] : [])),
    ]),
  });
}

function fillStage(
  { declared, guards }: FlatStage<DeclaredLeaf>,
  saga: DeclaredSaga,
  options: DefineSagaOptions,
): Stage {
  if (isForEach(declared)) return fillForEach(declared, guards, saga, options);
  const guarded = guards.length === 0 ? {} : { guards: Object.freeze(guards) };
  if (isWait(declared)) return Object.freeze({ kind: 'wait', wait: fillWait(declared), ...guarded });
  const filled = isParallel(declared)
    ? fillParallel(declared, saga, options)
    : fillBranch(declared, saga, options);
  return Object.freeze({ ...filled, ...guarded });
}

/** The items of the stage are decided as a choice is: with the entry that leads to the stage. */
function fillForEach(
  declared: ForEach<DeclaredStep>,
  guards: readonly Guard[],
  saga: DeclaredSaga,
  options: DefineSagaOptions,
): ForEachStage {
  const { kind, id, aliases = [], join, key, onFailure, undo } = declared;
  return Object.freeze({
    kind,
    id,
    aliases: Object.freeze([...aliases]),
    step: fillStep(declared.step, saga, options),
    key: key as ForEachStage['key'],
    concurrency: declared.concurrency ?? forEachTable.concurrency.default,
    join: join as ForEachStage['join'],
    onFailure: onFailure ?? branchesTable.onFailure.default,
    undo: undo ?? branchesTable.undo.default,
    guards: Object.freeze([...guards, { decision: itemsOf(declared), equals: true }]),
  });
}

function itemsOf({ id, aliases = [], items }: ForEach<unknown>): ChoiceDefinition {
  const select = items as ChoiceDefinition['select'];
  return { id, aliases, kind: 'for-each', select, cases: [], otherwise: 'fail' };
}

function fillParallel(
  declared: Parallel<DeclaredBranch>,
  saga: DeclaredSaga,
  options: DefineSagaOptions,
): ParallelStage {
  const { kind, id, aliases = [], branches, join } = declared;
  return {
    kind,
    id,
    aliases: Object.freeze([...aliases]),
    branches: Object.freeze(branches.map((branch) => Object.freeze(fillBranch(branch, saga, options)))),
    join: join as ParallelStage['join'],
    onFailure: declared.onFailure ?? branchesTable.onFailure.default,
    undo: declared.undo ?? branchesTable.undo.default,
  };
}

function fillBranch(declared: DeclaredBranch, saga: DeclaredSaga, options: DefineSagaOptions): BranchStage {
  if (!isFallback(declared)) return { kind: 'step', step: fillStep(declared, saga, options) };
  return {
    kind: 'fallback',
    primary: fillStep(declared.primary, saga, options),
    alternative: fillStep(declared.alternative, saga, options),
    failureErrors: declared.failureErrors,
    circuitBreaker: makeBreaker(declared, saga, options),
  };
}

function fillStep(step: DeclaredStep, saga: SagaStepPolicies, module: SagaStepPolicies): StepDefinition {
  const { id, aliases = [], handler, kind = kindDefaults.kind } = step;
  const policies = resolvePolicies([step, saga, module]);
  return Object.freeze({
    id,
    aliases: Object.freeze([...aliases]),
    kind,
    overdueAfter: kind === 'retriable' ? (step.overdueAfter ?? kindDefaults.overdueAfter) : undefined,
    handler,
    transactional: step.transactional ?? false,
    ...policies,
    retry: kind === 'retriable' ? withoutEnd(policies.retry, step) : policies.retry,
  });
}

/** Only a limit of the step itself ends a retriable step: one of the saga or the module is meant for the others. */
function withoutEnd(retry: RetryPolicy, { retry: own }: SagaStepPolicies): RetryPolicy {
  return Object.freeze({ ...retry, maximumAttempts: own?.maximumAttempts ?? Number.POSITIVE_INFINITY });
}

function makeBreaker(
  { circuitBreaker, failureErrors, primary }: Fallback<DeclaredStep>,
  { name, version = 1 }: DeclaredSaga,
  options: DefineSagaOptions,
): CircuitBreaker | undefined {
  if (circuitBreaker === undefined) return undefined;
  const counted = failureErrors === undefined ? {} : { countedErrors: failureErrors };
  if (isCircuitBreaker(circuitBreaker)) return new CountingBreaker(circuitBreaker, counted);
  if (options.createCircuitBreaker === undefined) return undefined;
  // An error that does not lead to the alternative must not open the breaker for other sagas.
  const settings = { ...counted, ...circuitBreaker };
  const made = options.createCircuitBreaker(settings, { saga: name, version, step: primary.id });
  const place = { where: `saga "${name}"`, path: 'the result of createCircuitBreaker' };
  const problems = breakerOption.check(place, made);
  if (problems.length > 0) throw new SagaDefinitionError(problems);
  return made;
}

function isCircuitBreaker(declared: CircuitBreakerOptions | CircuitBreaker): declared is CircuitBreaker {
  return 'execute' in declared || 'isOpen' in declared;
}
