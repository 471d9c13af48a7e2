import type { SagaDefinition } from '../definition/saga-definition.js';
import {
  describeAct,
  describeCompensation,
  describeDuration,
  describeFallbackCause,
  describeUndone,
} from './describe-policies.js';
import type { Lines } from './lines.js';
import { indented } from './lines.js';
import { mermaidText } from './mermaid-text.js';
import { describeWait, waysOut } from './describe-wait.js';
import type {
  NumberedBranch,
  NumberedFallbackStage,
  NumberedParallelStage,
  NumberedStage,
  NumberedStep,
  NumberedWaitStage,
} from './numbered-stages.js';
import {
  isForwardStage,
  numberedSteps,
  numberStages,
  pointOfNoReturn,
  undoableSteps,
} from './numbered-stages.js';

/**
 * Draws a saga as the text of a Mermaid sequence diagram: its steps in order, both sides of each fallback, the effects
 * of a failure, and the compensations in reverse order.
 *
 * @example
 * process.stdout.write(sequenceDiagram(orderSaga));
 */
export function sequenceDiagram(definition: SagaDefinition): string {
  const stages = numberStages(definition);
  const steps = stages.flatMap(numberedSteps);
  const undoable = stages.flatMap(undoableSteps);
  const last = pointOfNoReturn(stages);
  const recoveries = `${definition.maximumRecoveryAttempts} recoveries without progress`;
  return [
    'sequenceDiagram',
    ...indented([
      `participant saga as ${mermaidText(`${definition.name}, version ${definition.version}`)}`,
      ...steps.map(({ number, step }) => `participant step${number} as ${mermaidText(step.id)}`),
      ...stages.flatMap((stage) => [
        ...forward(stage),
        ...(stage === last ? [noteOfSaga('point of no return, nothing is undone any more')] : []),
      ]),
      ...opened('alt', 'every step completed', [noteOfSaga('COMPLETED')]),
      ...opened('else', describeUndoCause(definition, last !== undefined), [
        noteOfSaga('COMPENSATING, what completed last is undone first'),
        ...undoable.toReversed().flatMap(backward),
        noteOfSaga(endOfUndo(undoable)),
      ]),
      'end',
      noteOfSaga(`STUCK too after more than ${recoveries}, or if the journal does not fit these steps`),
    ]),
    '',
  ].join('\n');
}

function describeUndoCause({ deadlineMs }: SagaDefinition, hasPivot: boolean): string {
  const late = deadlineMs === undefined ? '' : ` or not done after ${describeDuration(deadlineMs)}`;
  const before = hasPivot ? ', before the point of no return' : '';
  return `a step failed for good, or the saga was cancelled${late}${before}`;
}

function forward(stage: NumberedStage): Lines {
  return stage.conditions.reduceRight<Lines>(
    (lines, condition) => block('opt', `if ${condition}`, lines),
    forwardAlways(stage),
  );
}

function forwardAlways(stage: NumberedStage): Lines {
  if (stage.kind === 'wait') return forwardWait(stage);
  return stage.kind === 'parallel' ? forwardParallel(stage) : forwardBranch(stage);
}

function forwardParallel(parallel: NumberedParallelStage): Lines {
  const { stage, branches } = parallel;
  const [first, ...others] = branches;
  if (first === undefined) return [];
  const end = stage.onFailure === 'abort' ? 'its signals fire and it ends' : 'it ends';
  const failed = `after a failed branch of ${stage.id} no other begins, and if one runs, ${end} before the undo`;
  return [
    ...opened('par', `${stage.id}, ${idOf(first)}`, forwardBranch(first)),
    ...others.flatMap((branch) => opened('and', idOf(branch), forwardBranch(branch))),
    'end',
    ...(isForwardStage(parallel) ? [] : [noteOfSaga(failed)]),
  ];
}

function idOf(branch: NumberedBranch): string {
  return branch.kind === 'step' ? branch.step.id : branch.primary.step.id;
}

function forwardBranch(stage: NumberedBranch): Lines {
  if (isForwardStage(stage)) return forwardOnly(stage);
  return stage.kind === 'step' ? forwardStep(stage) : forwardFallback(stage);
}

function forwardWait({ wait }: NumberedWaitStage): Lines {
  const undone = waysOut(wait).filter(({ next }) => next === 'compensate');
  return [
    noteOfSaga(`${wait.id}, ${describeWait(wait)}`),
    ...undone.flatMap(({ when }) =>
      block('break', `${wait.id} ${when}`, [noteOfSaga('failed, undo what completed')]),
    ),
  ];
}

function forwardStep(step: NumberedStep): Lines {
  return [
    ...call(step, 'act', describeAct(step.step)),
    ...block('break', `${step.step.id} failed for good`, failedAct(step, 'failed, undo what completed')),
    answer(step, 'completed'),
  ];
}

/** A stage that is never undone. */
function forwardOnly(stage: NumberedBranch): Lines {
  if (stage.kind === 'step') return [...tryForward(stage), answer(stage, 'completed')];
  const { primary, alternative } = stage;
  return [
    ...(stage.stage.circuitBreaker === undefined ? [] : [note(primary, 'behind a circuit breaker')]),
    ...call(primary, 'act', describeAct(primary.step)),
    ...opened('alt', `${primary.step.id} completed`, [answer(primary, 'completed, on to the next')]),
    ...opened('else', `${primary.step.id} ${describeFallbackCause(stage.stage)}, nothing in doubt`, [
      ...refusedAct(primary, 'failed, take the alternative'),
      ...tryForward(alternative),
      answer(alternative, 'completed, on to the next'),
    ]),
    'end',
  ];
}

function tryForward(step: NumberedStep): Lines {
  const { id, kind, overdueAfter } = step.step;
  const acted = call(
    step,
    kind === 'pivot' ? 'act, the pivot' : 'act, until it succeeds',
    describeAct(step.step),
  );
  if (kind === 'pivot')
    return [
      ...acted,
      note(step, 'called again while its effect is in doubt'),
      ...block('break', `${id} refused`, refusedAct(step, 'failed, undo what completed')),
      ...block('break', `${id} in doubt after 10 attempts`, [
        noteOfSaga('STUCK, a person says what happened'),
      ]),
    ];
  return [
    ...acted,
    ...(overdueAfter === undefined ? [] : [note(step, `overdue after ${overdueAfter} attempts`)]),
    ...block('break', `${id} failed for good`, [noteOfSaga('STUCK, never undone')]),
  ];
}

function forwardFallback({ stage, primary, alternative }: NumberedFallbackStage): Lines {
  const other = `${primary.step.id} failed for good with any other error`;
  const both = `${primary.step.id} and ${alternative.step.id} both failed for good`;
  return [
    ...(stage.circuitBreaker === undefined ? [] : [note(primary, 'behind a circuit breaker')]),
    ...call(primary, 'act', describeAct(primary.step)),
    ...(stage.failureErrors === undefined
      ? []
      : block('break', other, failedAct(primary, 'failed, undo what completed'))),
    ...opened('alt', `${primary.step.id} completed`, [answer(primary, 'completed, on to the next')]),
    ...opened('else', `${primary.step.id} ${describeFallbackCause(stage)}`, [
      ...refusedAct(primary, 'failed, take the alternative'),
      ...undoneFirst(primary, alternative),
      ...call(alternative, 'act, in its place', describeAct(alternative.step)),
      ...block('break', both, failedAct(alternative, 'both failed, undo what completed')),
      answer(alternative, 'completed, on to the next'),
    ]),
    'end',
  ];
}

function backward(undone: NumberedStep): Lines {
  const { id, compensation } = undone.step;
  const isHalting = compensation.onExhausted === 'halt';
  const givenUp = [
    `step${undone.number}--xsaga: failed`,
    noteOfSaga(
      isHalting ? 'STUCK, a person is needed before the earlier steps' : 'given up, the earlier steps go on',
    ),
  ];
  return block('opt', `${id} ${describeUndone(undone.step)}`, [
    ...call(undone, 'compensate', describeCompensation(undone.step)),
    ...(isHalting
      ? [...block('break', `undoing ${id} failed for good`, givenUp), answer(undone, 'undone')]
      : [
          ...opened('alt', `undoing ${id} succeeded`, [answer(undone, 'undone')]),
          ...opened('else', `undoing ${id} failed for good`, givenUp),
          'end',
        ]),
  ]);
}

/** Two effects never exist at the same time. */
function undoneFirst(primary: NumberedStep, alternative: NumberedStep): Lines {
  const { id, compensateOn } = primary.step;
  if (compensateOn === 'completed') return [];
  const isThere = compensateOn === 'in-doubt' ? 'is in doubt' : 'was called';
  return block('opt', `${id} ${isThere}`, [
    ...call(primary, `compensate, before ${alternative.step.id}`, describeCompensation(primary.step)),
    ...block('break', `undoing ${id} failed for good`, [
      ...refusedAct(primary, 'failed'),
      noteOfSaga(`STUCK, a person is needed before ${alternative.step.id}`),
    ]),
    answer(primary, 'undone'),
  ]);
}

function endOfUndo(steps: readonly NumberedStep[]): string {
  const mayGiveUp = steps.some(({ step }) => step.compensation.onExhausted === 'continue');
  return mayGiveUp
    ? 'FAILED where everything is undone, STUCK where an undo was given up'
    : 'FAILED, everything that was done is undone';
}

function failedAct(step: NumberedStep, what: string): Lines {
  const isUndone = {
    completed: [],
    'in-doubt': [note(step, 'undone too if its effect is in doubt')],
    attempted: [note(step, 'undone too if it was called, its effect may be there')],
  }[step.step.compensateOn];
  return [...refusedAct(step, what), ...isUndone];
}

function refusedAct({ number }: NumberedStep, what: string): Lines {
  return [`step${number}--xsaga: ${mermaidText(what)}`];
}

function call(step: NumberedStep, what: string, policy: string): Lines {
  return [`saga->>step${step.number}: ${mermaidText(what)}`, note(step, policy)];
}

function answer({ number }: NumberedStep, what: string): string {
  return `step${number}-->>saga: ${mermaidText(what)}`;
}

function note({ number }: NumberedStep, what: string): string {
  return `Note over step${number}: ${mermaidText(what)}`;
}

function noteOfSaga(what: string): string {
  return `Note over saga: ${mermaidText(what)}`;
}

function block(kind: 'break' | 'opt', condition: string, lines: Lines): Lines {
  return [...opened(kind, condition, lines), 'end'];
}

function opened(
  kind: 'alt' | 'else' | 'break' | 'opt' | 'par' | 'and',
  condition: string,
  lines: Lines,
): Lines {
  return [`${kind} ${mermaidText(condition)}`, ...indented(lines)];
}
