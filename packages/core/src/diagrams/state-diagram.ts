import type { SagaDefinition } from '../definition/saga-definition.js';
import { isForward } from '../definition/saga-step.js';
import type { Colour } from './colours.js';
import { defineColours } from './colours.js';
import { indented } from './lines.js';
import type { Lines } from './lines.js';
import { mermaidText } from './mermaid-text.js';
import { isForwardStage, numberedSteps, numberStages, undoableSteps } from './numbered-stages.js';
import type { NumberedStage } from './numbered-stages.js';
import { transitionsOf } from './state-transitions.js';

/**
 * Draws a saga as the text of a Mermaid state diagram: the states of an execution, act by act and compensation by
 * compensation, and the transitions between them.
 *
 * @example
 * process.stdout.write(stateDiagram(orderSaga));
 *
 */
export function stateDiagram(definition: SagaDefinition): string {
  const stages = numberStages(definition);
  const steps = stages.flatMap(numberedSteps);
  const undoable = stages.flatMap(undoableSteps);
  const waits = stages.filter((stage) => stage.kind === 'wait');
  const transitions = transitionsOf(stages, definition.deadlineMs);
  const choices = transitions.filter(({ from }) => from.startsWith('choice')).map(({ from }) => from);
  const parallels = stages.filter((stage) => stage.kind === 'parallel');
  const undoableParallels = parallels.filter((stage) => !isForwardStage(stage));
  const branches = stages.flatMap((stage): readonly NumberedStage[] =>
    stage.kind === 'parallel' ? stage.branches : [stage],
  );
  const firsts = branches.flatMap((stage) => {
    if (stage.kind !== 'fallback' || isForwardStage(stage)) return [];
    if (stage.primary.step.compensateOn === 'completed') return [];
    return [{ ...stage, number: `first${stage.primary.number}` }];
  });
  const recoveries = `${definition.maximumRecoveryAttempts} recoveries without progress`;
  return [
    'stateDiagram-v2',
    ...indented([
      state('pending', 'PENDING'),
      ...steps.map(({ number, step }) =>
        state(`act${number}`, isForward(step) ? `${step.id} (${step.kind})` : step.id),
      ),
      ...undoable.map(({ number, step }) => state(`undo${number}`, `undo ${step.id}`)),
      ...waits.map(({ number, wait }) => state(`wait${number}`, wait.id)),
      ...firsts.map(({ number, primary, alternative }) =>
        state(number, `undo ${primary.step.id} before ${alternative.step.id}`),
      ),
      ...parallels.flatMap(({ number }) => [`state fork${number} <<fork>>`, `state join${number} <<join>>`]),
      ...undoableParallels.flatMap(({ number, stage }) => [
        state(`settle${number}`, `${stage.id}, the other branches end`),
        stage.undo === 'parallel'
          ? `state back${number} <<fork>>`
          : state(`back${number}`, `undo ${stage.id}`),
        ...(stage.undo === 'parallel' ? [`state undone${number} <<join>>`] : []),
      ]),
      ...[...new Set(choices)].map((choice) => `state ${choice} <<choice>>`),
      state('completed', 'COMPLETED'),
      state('failed', 'FAILED'),
      state('stuck', 'STUCK'),
      ...transitions.map(({ from, to, when }) =>
        [`${from} --> ${to}`, ...(when === undefined ? [] : [mermaidText(when)])].join(': '),
      ),
      `note right of stuck : ${mermaidText(`Also from every other state, after more than ${recoveries} or with a journal that does not fit. A person resumes it at that step.`)}`,
      ...defineColours(new Set<Colour>(coloursOf(waits.length))),
      ...coloured(
        'running',
        steps.map(({ number }) => `act${number}`),
      ),
      ...coloured(
        'waiting',
        waits.map(({ number }) => `wait${number}`),
      ),
      ...coloured('undone', [
        ...undoable.map(({ number }) => `undo${number}`),
        ...firsts.map(({ number }) => number),
        ...undoableParallels.map(({ number }) => `settle${number}`),
      ]),
      ...coloured('completed', ['completed']),
      ...coloured('failed', ['failed']),
      ...coloured('stuck', ['stuck']),
    ]),
    '',
  ].join('\n');
}

function coloursOf(waits: number): readonly Colour[] {
  const always = ['completed', 'failed', 'undone', 'running', 'stuck'] as const;
  return waits === 0 ? always : [...always, 'waiting'];
}

function state(id: string, label: string): string {
  return `state "${mermaidText(label)}" as ${id}`;
}

function coloured(colour: Colour, ids: readonly string[]): Lines {
  return ids.map((id) => `class ${id} ${colour}`);
}
