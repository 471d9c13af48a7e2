import type { SagaDefinition } from '../definition/saga-definition.js';
import { isForward } from '../definition/saga-step.js';
import type { StepDefinition } from '../definition/saga-step.js';
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
  NumberedParallelStage,
  NumberedStage,
  NumberedStep,
  NumberedWaitStage,
} from './numbered-stages.js';
import { numberedSteps, numberStages } from './numbered-stages.js';

/**
 * Draws a saga as the text of a Mermaid class diagram: the saga, the class of its context, and its steps, each with its
 * act, its compensation and its policies.
 *
 * @example
 * process.stdout.write(classDiagram(orderSaga));
 *
 */
export function classDiagram(definition: SagaDefinition): string {
  const stages = numberStages(definition);
  const context = contextName(definition);
  return [
    'classDiagram',
    ...indented([
      ...drawnClass('saga', definition.name, 'saga', [
        mermaidText(`version ${definition.version}`),
        ...(definition.deadlineMs === undefined
          ? []
          : [mermaidText(`undone after ${describeDuration(definition.deadlineMs)}`)]),
        mermaidText(`stuck after ${definition.maximumRecoveryAttempts} recoveries without progress`),
      ]),
      ...drawnClass('context', context, 'context', []),
      'saga ..> context',
      ...stages.flatMap((stage) => [
        ...(stage.kind === 'parallel' ? parallelClass(stage) : fallbackClass(stage)),
        ...(stage.kind === 'wait' ? waitClass(stage) : []),
        ...numberedSteps(stage).flatMap((step) => stepClass(step, context)),
        ...relations(stage),
      ]),
    ]),
    '',
  ].join('\n');
}

function contextName({ context }: SagaDefinition): string {
  const name = context?.name ?? '';
  return mermaidText(name) === '' ? 'context' : name;
}

function parallelClass({ number, stage, branches }: NumberedParallelStage): Lines {
  return [
    ...drawnClass(`parallel${number}`, stage.id, 'parallel', [
      mermaidText(
        stage.onFailure === 'abort' ? 'a failure aborts the other branches' : 'the other branches end',
      ),
      mermaidText(stage.undo === 'parallel' ? 'undone side by side' : 'undone in reverse order'),
      ...(stage.aliases.length === 0 ? [] : [mermaidText(`formerly ${stage.aliases.join(', ')}`)]),
    ]),
    ...branches.flatMap(fallbackClass),
  ];
}

function fallbackClass(of: NumberedStage): Lines {
  if (of.kind !== 'fallback') return [];
  const { number, stage, primary } = of;
  return drawnClass(`fallback${number}`, 'fallback', 'fallback', [
    mermaidText(`alternative where ${primary.step.id} ${describeFallbackCause(stage)}`),
    ...(stage.circuitBreaker === undefined ? [] : ['circuit breaker']),
  ]);
}

function waitClass({ number, wait }: NumberedWaitStage): Lines {
  return drawnClass(`wait${number}`, wait.id, 'wait', [
    mermaidText(describeWait(wait)),
    ...waysOut(wait)
      .filter(({ next }) => next === 'compensate')
      .map(({ when }) => mermaidText(`undone if ${when}`)),
    ...(wait.aliases.length === 0 ? [] : [mermaidText(`formerly ${wait.aliases.join(', ')}`)]),
  ]);
}

function stepClass({ number, step }: NumberedStep, context: string): Lines {
  if (isForward(step)) return forwardClass(number, step, context);
  return drawnClass(`step${number}`, step.id, 'step', [
    mermaidText(`act ${describeAct(step)}`),
    mermaidText(`undo ${describeCompensation(step)}, then ${step.compensation.onExhausted}`),
    `undone if ${describeUndone(step)}`,
    ...(step.aliases.length === 0 ? [] : [mermaidText(`formerly ${step.aliases.join(', ')}`)]),
    `act(${mermaidText(context)})`,
    `compensate(${mermaidText(context)})`,
  ]);
}

function forwardClass(number: string, step: StepDefinition, context: string): Lines {
  return drawnClass(`step${number}`, step.id, step.kind, [
    mermaidText(`act ${describeAct(step)}`),
    step.kind === 'pivot' ? 'point of no return' : 'never undone',
    ...(step.overdueAfter === undefined ? [] : [mermaidText(`overdue after ${step.overdueAfter} attempts`)]),
    ...(step.aliases.length === 0 ? [] : [mermaidText(`formerly ${step.aliases.join(', ')}`)]),
    `act(${mermaidText(context)})`,
  ]);
}

function relations(stage: NumberedStage): Lines {
  const place = [stage.number, ...stage.conditions.map((one) => mermaidText(`if ${one}`))].join(' ');
  if (stage.kind === 'wait') return [`saga *-- wait${stage.number} : ${place}`];
  if (stage.kind !== 'parallel') return branchRelations('saga', stage, place);
  const parallel = `parallel${stage.number}`;
  return [
    `saga *-- ${parallel} : ${place}`,
    ...stage.branches.flatMap((branch) => branchRelations(parallel, branch, branch.number.replace('_', '.'))),
  ];
}

function branchRelations(whole: string, stage: NumberedBranch, place: string): Lines {
  if (stage.kind === 'step') return [`${whole} *-- step${stage.number} : ${place}`];
  const fallback = `fallback${stage.number}`;
  return [
    `${whole} *-- ${fallback} : ${place}`,
    `${fallback} --> step${stage.primary.number} : primary`,
    `${fallback} ..> step${stage.alternative.number} : alternative`,
  ];
}

function drawnClass(id: string, name: string, kind: string, members: Lines): Lines {
  return [`class ${id}["${mermaidText(name)}"] {`, ...indented([`<<${kind}>>`, ...members]), '}'];
}
