import { defineSaga } from './define-saga.js';
import { fallback } from './fallback.js';
import { forEach } from './for-each.js';
import { maximumBranches, parallel } from './parallel.js';
import type { DeclaredStage } from './saga-definition.js';
import { stepsOf } from './saga-definition.js';
import { delay } from './waits.js';

const handler = () => ({ act: () => undefined, compensate: () => undefined });
const step = (id: string) => ({ id, handler });
const define = (...steps: readonly DeclaredStage[]) => defineSaga({ name: 'order', steps });

describe('a parallel stage', () => {
  it('has steps and fallbacks as branches, with the defaults of its options', () => {
    const join = () => undefined;
    const declared = parallel('prepare', [step('reserve'), fallback(step('card'), step('invoice'))], {
      join,
    });
    const [stage] = define(declared).stages;
    expect(stage).toMatchObject({
      kind: 'parallel',
      id: 'prepare',
      aliases: [],
      branches: [{ kind: 'step' }, { kind: 'fallback' }],
      join,
      onFailure: 'finish',
      undo: 'reverse',
    });
    expect(stage && stepsOf(stage).map(({ id }) => id)).toEqual(['reserve', 'card', 'invoice']);
  });

  it.each<[string, DeclaredStage, string]>([
    ['one branch', parallel('prepare', [step('a')]), 'it has 1 branches'],
    [
      'more than 64 branches',
      parallel(
        'prepare',
        Array.from({ length: maximumBranches + 1 }, (_, index) => step(`a${index}`)),
      ),
      'it has 65 branches',
    ],
    ['no list', parallel('prepare', 'both' as never), 'it has 0 branches'],
    ['a wait as a branch', parallel('prepare', [step('a'), delay('b', 1) as never]), 'is neither a step nor'],
    [
      'a stage of branches as a branch',
      parallel('prepare', [step('a'), parallel('inner', [step('b'), step('c')]) as never]),
      'is neither a step nor',
    ],
    ['the id of one of its steps', parallel('a', [step('a'), step('b')]), '"a" is used twice'],
    [
      'a transactional branch',
      parallel('prepare', [step('a'), { ...step('b'), transactional: true }]),
      'its branch "b" is transactional',
    ],
    ['a branch twice', parallel('prepare', [step('a'), step('a')]), '"a" is used twice'],
    ['an id that is no id', parallel('1', [step('a'), step('b')]), 'the id "1" is not allowed'],
    [
      'an unknown word',
      parallel('prepare', [step('a'), step('b')], { undo: 'never' as never }),
      'undo is "never"',
    ],
    [
      'an option that does not exist',
      parallel('prepare', [step('a'), step('b')], { race: true } as never),
      'race',
    ],
    ['no function as its join', parallel('prepare', [step('a'), step('b')], { join: 1 as never }), 'join'],
  ])('is refused with %s', (_what, declared, problem) => {
    expect(() => define(declared)).toThrow(problem);
  });
});

describe('the kinds of branches', () => {
  const kind = (id: string, of: 'pivot' | 'retriable') => ({ ...step(id), kind: of });

  it('may all be retriable behind a pivot', () => {
    const stages = [kind('pay', 'pivot'), parallel('tell', [kind('a', 'retriable'), kind('b', 'retriable')])];
    expect(define(...stages).stages).toHaveLength(2);
  });

  it('are refused if a branch could not be undone after the failure of another one', () => {
    expect(() => define(parallel('both', [step('a'), kind('b', 'pivot')]))).toThrow('siblings');
    expect(() => define(parallel('both', [step('a'), kind('b', 'retriable')]))).toThrow('siblings');
    expect(() => define(kind('pay', 'pivot'), parallel('both', [step('a'), step('b')]))).toThrow(
      'can be undone and stands after',
    );
  });
});

describe('a stage that runs one step for each item', () => {
  const lines = (step: unknown, options: object) =>
    forEach('lines', () => [], step as never, options as never);

  it('has one step, with the defaults of its options', () => {
    expect(define(lines(step('reserve'), { key: String })).stages[0]).toMatchObject({
      kind: 'for-each',
      step: { id: 'reserve' },
      concurrency: 10,
      undo: 'reverse',
    });
  });

  it.each<[string, DeclaredStage, string]>([
    ['no key', lines(step('a'), {}), 'key'],
    ['no step', lines(undefined, { key: String }), 'it has no step'],
    ['a fallback', lines(fallback(step('a'), step('b')), { key: String }), 'it has no step'],
    ['a concurrency of 0', lines(step('a'), { key: String, concurrency: 0 }), 'concurrency'],
    ['the id of its step', lines(step('lines'), { key: String }), '"lines" is used twice'],
  ])('is refused with %s', (_what, declared, problem) => {
    expect(() => define(declared)).toThrow(problem);
  });
});
