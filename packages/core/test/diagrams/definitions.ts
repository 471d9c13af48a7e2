import fc from 'fast-check';
import type { StepHandlerSource } from '../../src/engine.js';
import type { BranchStage } from '../../src/definition/saga-definition.js';
import type {
  DeclaredStage,
  DeclaredStep,
  RetryPolicy,
  SagaDefinition,
  StepDefinition,
} from '../../src/index.js';
import { sagaSignal } from '../../src/definition/saga-signal.js';
import type { WaitDefinition } from '../../src/definition/wait-definition.js';
import { approval, delay, waitFor } from '../../src/definition/waits.js';
import type { DeclaredWait } from '../../src/definition/waits.js';
import { defineSaga, fallback } from '../../src/index.js';
import { stepId } from './labels.js';

/** A handler that no diagram uses. */
export const unusedHandler: StepHandlerSource = () => {
  throw new Error('a diagram needs no handler');
};

/** A breaker that no diagram uses. */
const circuitBreaker = {
  execute: <Result>(_: string, attempt: () => Promise<Result>): Promise<Result> => attempt(),
  isOpen: (): boolean => false,
};

const retry: fc.Arbitrary<Partial<RetryPolicy>> = fc.record({
  maximumAttempts: fc.constantFrom(1, 2, 3),
  initialIntervalMs: fc.constantFrom(0, 1, 1_000, 90_000, 3_600_000),
  backoffCoefficient: fc.constantFrom(1, 1.5, 2),
  nonRetryableErrors: fc.constantFrom([], ['CardDeclined'], [RangeError, 'E_1']),
});

const policies = fc.record({
  retry,
  compensation: fc
    .tuple(retry, fc.constantFrom('halt' as const, 'continue' as const))
    .map(([policy, onExhausted]) => ({ ...policy, onExhausted })),
  compensateOn: fc.constantFrom('completed' as const, 'attempted' as const),
});

const fallbackOptions = fc.constantFrom(
  {},
  { circuitBreaker },
  { failureErrors: [] },
  { failureErrors: ['GatewayError', RangeError], circuitBreaker },
  { failureErrors: ['GatewayError'] },
);

const paid = sagaSignal('paid');
const limit = fc.constantFrom(
  {},
  { timeoutMs: 90_000 },
  { timeoutMs: 259_200_000, onTimeout: 'continue' as const },
);

/** A wait of any kind, once it has an id. */
const wait: fc.Arbitrary<(id: string) => DeclaredWait> = fc.oneof(
  fc.constantFrom(0, 250, 86_400_000, () => 1).map((length) => (id: string) => delay(id, length)),
  limit.map((options) => (id: string) => waitFor(id, [paid, sagaSignal('given-up')], options)),
  fc.tuple(limit, fc.constantFrom({}, { roles: ['finance', 'board'], onReject: 'continue' as const })).map(
    ([options, more]) =>
      (id: string) =>
        approval(id, { ...options, ...more }),
  ),
);

const stage = fc.record({
  wait: fc.option(wait, { nil: undefined }),
  isFallback: fc.boolean(),
  timeoutMs: fc.constantFrom(undefined, 250, 5_000),
  sides: fc.tuple(policies, policies),
  options: fallbackOptions,
});

/** Any saga of up to five stages. */
export const anyDefinition: fc.Arbitrary<SagaDefinition> = fc
  .record({
    name: stepId,
    maximumRecoveryAttempts: fc.constantFrom(0, 1, 5),
    ids: fc.uniqueArray(stepId, { minLength: 15, maxLength: 15 }),
    stages: fc.array(stage, { minLength: 1, maxLength: 5 }),
  })
  .map(({ ids, stages, ...saga }) => {
    const remaining = [...ids];
    const declare = (one: (typeof stages)[number], side: 0 | 1): DeclaredStep => ({
      id: remaining.pop() ?? 'none',
      handler: unusedHandler,
      ...(one.timeoutMs === undefined ? {} : { timeoutMs: one.timeoutMs }),
      ...one.sides[side],
    });
    const steps = stages.flatMap((one): readonly DeclaredStage[] => [
      ...(one.wait === undefined ? [] : [one.wait(remaining.pop() ?? 'none')]),
      one.isFallback ? fallback(declare(one, 0), declare(one, 1), one.options) : declare(one, 0),
    ]);
    return defineSaga({ ...saga, steps });
  });

function relabelWait(wait: WaitDefinition, relabel: (text: string) => string): WaitDefinition {
  const named = { ...wait, id: relabel(wait.id) };
  if (named.for === 'signal')
    return { ...named, signals: named.signals.map((signal) => ({ ...signal, name: relabel(signal.name) })) };
  if (named.for === 'approval' && named.roles !== undefined)
    return { ...named, roles: named.roles.map((role) => relabel(role)) };
  return named;
}

/** The same saga with every text of its author replaced. */
export function relabelled(definition: SagaDefinition, relabel: (text: string) => string): SagaDefinition {
  const step = (one: StepDefinition): StepDefinition => ({
    ...one,
    id: relabel(one.id),
    retry: { ...one.retry, nonRetryableErrors: one.retry.nonRetryableErrors.map(() => relabel('error')) },
  });
  const branch = (one: BranchStage): BranchStage =>
    one.kind === 'step'
      ? { kind: 'step', step: step(one.step) }
      : {
          ...one,
          primary: step(one.primary),
          alternative: step(one.alternative),
          failureErrors: one.failureErrors?.map(() => relabel('error')),
        };
  return {
    ...definition,
    name: relabel(definition.name),
    context: { [relabel('context')]: class {} }[relabel('context')],
    stages: definition.stages.map((one) => {
      if (one.kind === 'wait') return { kind: 'wait', wait: relabelWait(one.wait, relabel) };
      if (one.kind === 'for-each') return { ...one, id: relabel(one.id), step: step(one.step) };
      if (one.kind !== 'parallel') return branch(one);
      return { ...one, id: relabel(one.id), branches: one.branches.map(branch) };
    }),
  };
}
