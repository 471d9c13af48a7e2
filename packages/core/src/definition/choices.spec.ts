import { describe, expect, it } from '@jest/globals';
import { choose, when } from './choice.js';
import { defineSaga } from './define-saga.js';
import { fallback } from './fallback.js';
import type { DeclaredStage } from './saga-definition.js';
import { stageId } from './saga-definition.js';
import { validateSaga } from './validate-definition.js';
import { delay } from './waits.js';

const handler = (): never => {
  throw new Error('it is never called here');
};
const step = (id: string): { id: string; handler: () => never } => ({ id, handler });
const yes = (): boolean => true;
const card = (): string => 'card';

const problemsOf = (...steps: readonly unknown[]): readonly string[] =>
  validateSaga({ name: 'order', steps: steps as readonly DeclaredStage[] }).map(
    ({ where, problem }) => `${where}: ${problem}`,
  );

const conditionsOf = (...steps: readonly DeclaredStage[]): readonly string[] =>
  defineSaga({ name: 'order', steps }).stages.map((stage) => {
    const guards = (stage.guards ?? []).map(({ decision, equals }) => ` if ${decision.id}=${equals}`);
    return stageId(stage) + guards.join('');
  });

describe('the choices of a saga', () => {
  it('become conditions of its stages, which keep their indexes', () => {
    expect(
      conditionsOf(
        step('pack'),
        when('gift', yes, [step('wrap'), delay('dry', 5)]),
        choose<DeclaredStage, never>('pay', card, {
          card: fallback(step('charge'), step('invoice')),
          later: [],
          account: [step('book'), when('large', yes, [step('ask')])],
        }),
        step('ship'),
      ),
    ).toEqual([
      'pack',
      'wrap if gift=true',
      'dry if gift=true',
      'charge if pay=card',
      'book if pay=account',
      'ask if pay=account if large=true',
      'ship',
    ]);
  });

  it('are known to the definition, with what is left out filled in', () => {
    const { choices } = defineSaga({
      name: 'order',
      steps: [
        when('gift', yes, [choose('paper', card, { card: step('wrap') }, { otherwise: 'skip' })], {
          aliases: ['present'],
        }),
        choose('pay', card, { card: step('charge'), none: [] }),
      ],
    });
    expect(choices).toMatchObject([
      { id: 'gift', aliases: ['present'], kind: 'when', cases: [] },
      { id: 'paper', aliases: [], kind: 'choose', cases: ['card'], otherwise: 'skip' },
      { id: 'pay', kind: 'choose', cases: ['card', 'none'], otherwise: 'fail' },
    ]);
  });

  it('have ids and aliases of their own among all steps', () => {
    expect(
      problemsOf(step('ship'), when('gift', yes, [step('wrap'), step('gift')], { aliases: ['ship'] })),
    ).toEqual([
      'saga "order": the step id "ship" is used twice',
      'saga "order": the step id "gift" is used twice',
    ]);
    expect(problemsOf(when('not fine', yes, [step('nor this')], { aliases: ['nor that'] }))).toEqual([
      'step "not fine" of saga "order": the id "not fine" is not allowed',
      'step "not fine" of saga "order": the alias "nor that" is not allowed',
      'step "nor this" of saga "order": the id "nor this" is not allowed',
    ]);
  });

  it.each([
    [when('gift', 'yes' as never, [step('wrap')]), 'predicate is "yes"'],
    [when('gift', undefined as never, [step('wrap')]), 'predicate is undefined'],
    [when('gift', yes, []), 'stages is a list'],
    [when('gift', yes, step('wrap') as never), 'stages is an object'],
    [
      when('gift', yes, [step('wrap')], { alias: [] } as never),
      'alias is not an option (did you mean aliases?)',
    ],
    [when('gift', yes, [step('wrap')], 5 as never), 'options is not an option'],
    [choose('gift', undefined as never, { a: step('wrap') }), 'select is undefined'],
    [choose('gift', card, {}), 'cases is an object'],
    [choose('gift', card, { a: [] }), 'cases is an object'],
    [choose('gift', card, undefined as never), 'cases is undefined'],
    [choose('gift', card, { a: step('wrap') }, { otherwise: 'stop' } as never), 'otherwise is "stop"'],
  ])('are checked: %#', (declared, problem) => {
    expect(problemsOf(declared as never)).toEqual([`step "gift" of saga "order": ${problem}`]);
  });
});
