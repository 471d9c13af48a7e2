import fc from 'fast-check';
import type {
  ActOutcome,
  CallFault,
  HandlerFault,
  PlannedMove,
  RunPlan,
  SagaPlan,
  StagePlan,
  StepPlan,
  UndoOutcome,
} from '../simulation/run-plan.js';

const actOutcomes: readonly ActOutcome[] = [
  'ok',
  'fail',
  'fail-after-effect',
  'hang',
  'overtime',
  'refuse',
  'fatal',
  'unstorable',
];
const undoOutcomes: readonly UndoOutcome[] = ['ok', 'fail', 'hang'];
const callFaults: readonly CallFault[] = [
  'crash-before',
  'crash-during',
  'crash-after',
  'not-written',
  'answer-lost',
  'request-lost',
  'late',
  'slow',
  'pause',
  'refused',
];
const handlerFaults: readonly HandlerFault[] = [
  'crash-at-entry',
  'crash-inside',
  'crash-at-exit',
  'pause-at-entry',
  'pause-inside',
];

const processFaults = ['crash', 'shutdown', 'pause'] as const;
const outages = ['not-written', 'request-lost', 'answer-lost'] as const;

/** All faults, by their names in the record of a run. */
export const allFaults: readonly string[] = [
  ...callFaults,
  ...handlerFaults,
  ...processFaults.map((kind) => `process, ${kind}`),
  ...outages.map((kind) => `outage, ${kind}`),
];

const hourMs = 3_600_000;

/** A value in one of five cases. */
function seldom<Value>(arbitrary: fc.Arbitrary<Value>): fc.Arbitrary<Value | undefined> {
  return fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary });
}

/** Mostly steps that succeed, because a saga ends at its first step that fails. */
const steps = fc.record({
  act: fc.oneof(
    { weight: 4, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...actOutcomes), { maxLength: 3 }) },
  ),
  undo: fc.oneof(
    { weight: 2, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...undoOutcomes), { maxLength: 4 }) },
  ),
  brokenRounds: fc.oneof(
    { weight: 8, arbitrary: fc.constant(0) },
    { weight: 1, arbitrary: fc.integer({ min: 1, max: 2 }) },
  ),
  actAttempts: fc.integer({ min: 1, max: 3 }),
  undoAttempts: fc.integer({ min: 1, max: 3 }),
  onExhausted: fc.constantFrom('halt' as const, 'continue' as const),
  compensateOn: fc.constantFrom('in-doubt' as const, 'completed' as const, 'attempted' as const),
  emits: fc.boolean(),
  durationMs: fc.integer({ min: 0, max: 20 }),
});

const stages = fc.record({
  holds: fc.option(fc.boolean(), { nil: undefined, freq: 2 }),
  delayMs: fc.option(fc.constantFrom(0, 3, 30), { nil: undefined, freq: 3 }),
  awaits: seldom(
    fc.record({
      for: fc.constantFrom('approval' as const, ['paid' as const], ['paid' as const, 'returned' as const]),
      timeoutMs: fc.constantFrom(3, 60, 250),
      onTimeout: fc.constantFrom('compensate' as const, 'continue' as const),
      onReject: fc.constantFrom('compensate' as const, 'continue' as const),
    }),
  ),
  primary: steps,
  alternative: fc.option(steps, { nil: undefined, freq: 3 }),
  isForAnyError: fc.boolean(),
});

const sagas: fc.Arbitrary<SagaPlan> = fc
  .record({
    stages: fc.array(stages, { minLength: 1, maxLength: 8 }),
    maximumRecoveryAttempts: fc.constantFrom(1, 2, 5),
    deadlineMs: seldom(fc.integer({ min: 1, max: 600 })),
    /** The first stage that is never undone, and whether it is a pivot. */
    forward: fc.option(fc.record({ from: fc.nat(7), hasPivot: fc.boolean() }), { nil: undefined, freq: 2 }),
  })
  .map(({ stages, maximumRecoveryAttempts, deadlineMs, forward }) => ({
    maximumRecoveryAttempts,
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
    stages: stages.map(
      ({ holds, delayMs, awaits, primary, alternative, isForAnyError }, index): StagePlan => {
        const isPast = forward !== undefined && index > forward.from;
        const kind = kindAt(index, forward);
        const named = {
          // The kinds of the stages from the pivot on assume that each of them runs.
          ...(holds === undefined || (forward !== undefined && index >= forward.from) ? {} : { holds }),
          ...(delayMs === undefined ? {} : { delayMs }),
          ...(awaits === undefined ? {} : { awaits: isPast ? { ...awaits, ...continuing } : awaits }),
          primary: { ...name(primary, `s${index + 1}`), ...kind },
        };
        return alternative === undefined
          ? named
          : { ...named, alternative: { ...name(alternative, `s${index + 1}b`), ...kind }, isForAnyError };
      },
    ),
  }));

const continuing = { onTimeout: 'continue', onReject: 'continue' } as const;

function kindAt(
  index: number,
  forward: { readonly from: number; readonly hasPivot: boolean } | undefined,
): Pick<StepPlan, 'kind'> {
  if (forward === undefined || index < forward.from) return {};
  return { kind: index === forward.from && forward.hasPivot ? 'pivot' : 'retriable' };
}

function name(step: Omit<StepPlan, 'id'>, id: string): StepPlan {
  return { ...step, id };
}

const moves: fc.Arbitrary<PlannedMove> = fc.oneof(
  fc.record(
    {
      atMs: fc.integer({ min: 1, max: 400 }),
      signal: fc.constantFrom('paid' as const, 'returned' as const),
      dedupeId: fc.constantFrom('one', 'two'),
    },
    { requiredKeys: ['atMs', 'signal'] },
  ),
  fc.record({
    atMs: fc.integer({ min: 1, max: 400 }),
    approvalBefore: fc.constantFrom('s1', 's2', 's3'),
    decision: fc.constantFrom('approved' as const, 'rejected' as const),
  }),
);

/** Plans with any saga, any faults and any order, for the runs of the model. */
export const runPlans: fc.Arbitrary<RunPlan> = fc.record({
  saga: sagas,
  seed: fc.nat(),
  processes: fc.integer({ min: 1, max: 3 }),
  clockSkewsMs: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(0, hourMs, -hourMs), { minLength: 2, maxLength: 3 }) },
  ),
  start: fc.constantFrom('start' as const, 'enqueue' as const),
  moves: fc.array(moves, { maxLength: 4 }),
  callers: fc.integer({ min: 1, max: 3 }),
  identifiedBy: fc.constantFrom('id' as const, 'key' as const),
  cancelAtMs: fc.option(fc.integer({ min: 1, max: 400 }), { nil: undefined, freq: 3 }),
  operatorRetries: fc.integer({ min: 0, max: 2 }),
  isCalm: fc.constant(false),
  parks: fc.constantFrom('none' as const, 'all' as const, 'some' as const),
  callFaults: fc.array(
    fc.record({ call: fc.integer({ min: 0, max: 120 }), kind: fc.constantFrom(...callFaults) }),
    {
      maxLength: 6,
    },
  ),
  handlerFaults: fc.array(
    fc.record({ call: fc.integer({ min: 0, max: 15 }), kind: fc.constantFrom(...handlerFaults) }),
    { maxLength: 3 },
  ),
  processFaults: fc.array(
    fc.record({
      atMs: fc.integer({ min: 1, max: 500 }),
      kind: fc.constantFrom(...processFaults),
    }),
    { maxLength: 2 },
  ),
  outages: fc.array(
    fc.record({
      fromMs: fc.integer({ min: 0, max: 400 }),
      durationMs: fc.integer({ min: 10, max: 400 }),
      kind: fc.constantFrom(...outages),
    }),
    { maxLength: 1 },
  ),
});
