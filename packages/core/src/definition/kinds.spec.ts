import { SagaDefinitionError } from '../errors/saga-definition-error.js';
import { choose, when } from './choice.js';
import { defineSaga } from './define-saga.js';
import { fallback } from './fallback.js';
import type { DeclaredStage, DeclaredStep } from './saga-definition.js';
import { sagaSignal } from './saga-signal.js';
import { approval, delay, waitFor } from './waits.js';

const act = (): void => undefined;
const undoable = () => ({ act, compensate: act });
const forward = () => ({ act });

const c = (id: string): DeclaredStep => ({ id, handler: undoable });
const p = (id: string): DeclaredStep => ({ id, kind: 'pivot', handler: forward });
const r = (id: string): DeclaredStep => ({ id, kind: 'retriable', handler: forward });
const arrived = sagaSignal('arrived');
const at = { timeoutMs: 5 };
const on = { onTimeout: 'continue' } as const;

function problemsOf(steps: readonly DeclaredStage[]): readonly string[] {
  try {
    defineSaga({ name: 'order', steps });
    return [];
  } catch (error) {
    if (!(error instanceof SagaDefinitionError)) throw error;
    return error.problems.map(({ problem, remedy }) => `${problem}. ${remedy}`);
  }
}

const undone = (id: string, kind: string, first: string): string =>
  `the step "${id}" can be undone and stands after the ${kind} step "${first}", after which nothing is undone. ` +
  `Move "${id}" before "${first}", or declare it with kind: 'retriable'`;
const late = (pivot: string, retriable: string): string =>
  `the pivot "${pivot}" stands after the retriable step "${retriable}". Move "${retriable}" behind "${pivot}"`;
const two = (first: string, second: string): string =>
  `it has two pivots on one path, "${first}" and "${second}". ` +
  `Declare "${second}" with kind: 'retriable', or make "${first}" a step that can be undone`;
const leads = (wait: string, kind: string, first: string, name: string): string =>
  `the wait "${wait}" stands after the ${kind} step "${first}", and its ${name} is 'compensate'. ` +
  `Set ${name}: 'continue' on "${wait}", or move it before "${first}"`;
const mixed = (a: string, kindOfA: string, b: string, kindOfB: string): string =>
  `a fallback has the ${kindOfA} step "${a}" and the ${kindOfB} step "${b}". ` +
  `Give both sides one kind: declare "${b}" as ${kindOfA}, or "${a}" as ${kindOfB}`;

describe('the kinds of steps', () => {
  it.each<[string, readonly DeclaredStage[]]>([
    ['compensatable steps alone', [c('a'), c('b')]],
    ['a pivot alone', [p('a')]],
    ['retriable steps alone', [r('a'), r('b')]],
    ['all three in order', [c('a'), c('b'), p('c'), r('d'), r('e')]],
    ['no retriable step after the pivot', [c('a'), p('b')]],
    ['no pivot between the others', [c('a'), r('b')]],
    ['a fallback of pivots', [c('a'), fallback(p('b'), p('c')), r('d')]],
    ['a fallback of retriable steps', [fallback(c('a'), c('b')), p('c'), fallback(r('d'), r('e'))]],
    [
      'waits that lead to an undo before the pivot',
      [c('a'), waitFor('w', [arrived], at), approval('y'), p('b')],
    ],
    [
      'waits that continue after it',
      [p('a'), delay('d', 5), waitFor('w', [arrived]), waitFor('v', [arrived], { ...at, ...on }), r('b')],
    ],
    [
      'an approval that always continues after it',
      [p('a'), approval('y', { ...at, ...on, onReject: 'continue' })],
    ],
    ['one pivot in each case', [c('a'), choose('z', () => 'x', { x: p('b'), y: [c('c'), p('d')] }), r('e')]],
    ['a choice that may be skipped after the pivot', [p('a'), when('z', () => true, [r('b')]), r('c')]],
  ])('may stand in the order of %s', (_order, steps) => {
    expect(problemsOf(steps)).toEqual([]);
  });

  it.each<[string, readonly DeclaredStage[], readonly string[]]>([
    ['compensatable after the pivot', [p('a'), c('b')], [undone('b', 'pivot', 'a')]],
    ['compensatable after a retriable step', [r('a'), c('b')], [undone('b', 'retriable', 'a')]],
    [
      'compensatable between pivot and retriable',
      [c('a'), p('b'), c('c'), r('d')],
      [undone('c', 'pivot', 'b')],
    ],
    ['compensatable at the end', [c('a'), p('b'), r('c'), c('d')], [undone('d', 'pivot', 'b')]],
    [
      'two compensatable steps after the pivot',
      [p('a'), c('b'), c('c')],
      [undone('b', 'pivot', 'a'), undone('c', 'pivot', 'a')],
    ],
    [
      'a retriable step before a compensatable one',
      [c('a'), r('b'), c('c')],
      [undone('c', 'retriable', 'b')],
    ],
    [
      'a fallback of compensatable steps after the pivot',
      [p('a'), fallback(c('b'), c('c'))],
      [undone('b', 'pivot', 'a')],
    ],
    [
      'a compensatable step after a fallback of pivots',
      [fallback(p('a'), p('b')), c('c')],
      [undone('c', 'pivot', 'a')],
    ],
    ['the pivot after a retriable step', [r('a'), p('b')], [late('b', 'a')]],
    ['the pivot at the end', [c('a'), r('b'), r('c'), p('d')], [late('d', 'c')]],
    ['the pivot between retriable steps', [r('a'), p('b'), r('c')], [late('b', 'a')]],
    ['a fallback of pivots after a retriable step', [r('a'), fallback(p('b'), p('c'))], [late('b', 'a')]],
    [
      'two pivots, one of them in a case',
      [choose('z', () => 'x', { x: p('a'), y: c('b') }), p('c')],
      [two('a', 'c')],
    ],
    [
      'compensatable after a pivot that may be skipped',
      [when('z', () => true, [p('a')]), c('b')],
      [undone('b', 'pivot', 'a')],
    ],
    [
      'compensatable after the pivot of its case',
      [when('z', () => true, [p('a'), c('b')])],
      [undone('b', 'pivot', 'a')],
    ],
    [
      'a choice that may fail after the pivot',
      [p('a'), choose('z', () => 'x', { x: r('b') })],
      [
        `the choice "z" stands after the pivot step "a", and its otherwise is 'fail'. Set otherwise: 'skip' on "z", or move it before "a"`,
      ],
    ],
    ['two pivots', [p('a'), p('b')], [two('a', 'b')]],
    ['three pivots', [p('a'), p('b'), p('c')], [two('a', 'b'), two('a', 'c')]],
    ['two pivots around a retriable step', [p('a'), r('b'), p('c')], [two('a', 'c'), late('c', 'b')]],
    [
      'two pivots around a compensatable step',
      [p('a'), c('b'), p('c')],
      [undone('b', 'pivot', 'a'), two('a', 'c')],
    ],
    ['everything in reverse', [r('a'), p('b'), c('c')], [late('b', 'a'), undone('c', 'retriable', 'a')]],
    [
      'a fallback from a pivot to a compensatable step',
      [fallback(p('a'), c('b'))],
      [mixed('a', 'pivot', 'b', 'compensatable')],
    ],
    [
      'a fallback from a compensatable step to a pivot',
      [fallback(c('a'), p('b'))],
      [mixed('a', 'compensatable', 'b', 'pivot')],
    ],
    [
      'a fallback from a pivot to a retriable step',
      [fallback(p('a'), r('b'))],
      [mixed('a', 'pivot', 'b', 'retriable')],
    ],
    [
      'a fallback from a compensatable to a retriable step',
      [fallback(c('a'), r('b'))],
      [mixed('a', 'compensatable', 'b', 'retriable')],
    ],
    [
      'a wait with a limit after the pivot',
      [p('a'), waitFor('w', [arrived], at)],
      [leads('w', 'pivot', 'a', 'onTimeout')],
    ],
    [
      'an approval after the pivot',
      [p('a'), approval('y', at)],
      [leads('y', 'pivot', 'a', 'onTimeout'), leads('y', 'pivot', 'a', 'onReject')],
    ],
    [
      'an approval without a limit after the pivot',
      [p('a'), approval('y')],
      [leads('y', 'pivot', 'a', 'onReject')],
    ],
    [
      'a wait between retriable steps',
      [r('a'), waitFor('w', [arrived], at), r('b')],
      [leads('w', 'retriable', 'a', 'onTimeout')],
    ],
  ])('may not stand in the order of %s', (_order, steps, problems) => {
    expect(problemsOf(steps)).toEqual(problems);
  });

  it('are listed with all other problems in one error', () => {
    expect(problemsOf([p('a'), { ...c('b'), timeoutMs: 0 }, p('a')])).toHaveLength(4);
  });

  it('allow only options that have a meaning for them', () => {
    const steps: readonly DeclaredStep[] = [
      { ...c('a'), overdueAfter: 3 },
      { ...p('b'), compensateOn: 'completed', overdueAfter: 3 },
      { ...r('c'), compensation: { maximumAttempts: 2 } },
    ];
    expect(problemsOf(steps)).toEqual([
      "overdueAfter is set, and a compensatable step has no use for it. Remove it, or declare the step with kind: 'retriable'",
      'compensateOn is set, and a pivot step has no use for it. Remove it: the step is never undone',
      "overdueAfter is set, and a pivot step has no use for it. Remove it, or declare the step with kind: 'retriable'",
      'compensation is set, and a retriable step has no use for it. Remove it: the step is never undone',
    ]);
  });

  it('are one of three words', () => {
    expect(problemsOf([{ ...c('a'), kind: 'final' as never }])).toEqual([
      'kind is "final". Set it to "compensatable", "pivot" or "retriable"',
    ]);
  });
});

describe('a retriable step', () => {
  const only = (step: DeclaredStep) => {
    const [stage] = defineSaga({
      name: 'order',
      retry: { maximumAttempts: 3, initialIntervalMs: 7 },
      steps: [step],
    }).stages;
    return stage?.kind === 'step' ? stage.step : undefined;
  };

  it('is tried without end, whatever the limit of its saga, and is overdue after ten attempts', () => {
    expect(only(r('a'))).toMatchObject({
      overdueAfter: 10,
      retry: { maximumAttempts: Number.POSITIVE_INFINITY, initialIntervalMs: 7 },
    });
  });

  it('has the limit that it declares itself', () => {
    const limited = only({ ...r('a'), overdueAfter: 2, retry: { maximumAttempts: 5 } });
    expect(limited).toMatchObject({ overdueAfter: 2, retry: { maximumAttempts: 5, initialIntervalMs: 7 } });
  });

  it('is the only kind that has no limit of its saga, and that can be overdue', () => {
    expect(only(p('a'))).toMatchObject({ overdueAfter: undefined, retry: { maximumAttempts: 3 } });
    expect(only(c('a'))).toMatchObject({ kind: 'compensatable', retry: { maximumAttempts: 3 } });
  });
});
