import { describe, expect, it } from '@jest/globals';
import { days, hours } from '../options/durations.js';
import { defineSaga } from './define-saga.js';
import type { DeclaredStage, Stage } from './saga-definition.js';
import { sagaSignal } from './saga-signal.js';
import { validateSaga } from './validate-definition.js';
import { approval, delay, waitFor } from './waits.js';

const paid = sagaSignal('paid');
const handler = (): never => {
  throw new Error('it is never called here');
};
const ship = { id: 'ship', handler };

const problemsOf = (...steps: readonly unknown[]): readonly string[] =>
  validateSaga({ name: 'order', steps: steps as readonly DeclaredStage[] }).map(
    ({ where, problem }) => `${where}: ${problem}`,
  );

const stagesOf = (...steps: readonly DeclaredStage[]): readonly Stage[] =>
  defineSaga({ name: 'order', steps }).stages;

describe('the waits of a saga', () => {
  it('are stages of it, with what is left out filled in', () => {
    const apply = (): void => undefined;
    expect(
      stagesOf(
        delay('cool', hours(24), { aliases: ['cooling'] }),
        waitFor('payment', [paid], { timeoutMs: days(30), onTimeout: 'continue', apply }),
        waitFor('more', [paid]),
        approval('refund'),
        ship,
      ),
    ).toMatchObject([
      { kind: 'wait', wait: { for: 'delay', id: 'cool', aliases: ['cooling'], length: 86_400_000 } },
      {
        kind: 'wait',
        wait: {
          for: 'signal',
          id: 'payment',
          signals: [paid],
          timeoutMs: 2_592_000_000,
          onTimeout: 'continue',
          apply,
        },
      },
      {
        kind: 'wait',
        wait: { id: 'more', aliases: [], timeoutMs: undefined, onTimeout: 'compensate', apply: undefined },
      },
      {
        kind: 'wait',
        wait: {
          for: 'approval',
          id: 'refund',
          onTimeout: 'compensate',
          onReject: 'compensate',
          roles: undefined,
        },
      },
      { kind: 'step' },
    ]);
  });

  it('have ids and aliases of their own among all steps', () => {
    expect(problemsOf(ship, delay('ship', 1), waitFor('paid', [paid], { aliases: ['ship'] }))).toEqual([
      'saga "order": the step id "ship" is used twice',
    ]);
    expect(problemsOf(delay('not fine', 1), approval('fine', { aliases: ['not fine either'] }))).toEqual([
      'step "not fine" of saga "order": the id "not fine" is not allowed',
      'step "fine" of saga "order": the alias "not fine either" is not allowed',
    ]);
  });

  it.each([
    [delay('cool', -1), 'length is -1'],
    [delay('cool', Number.NaN), 'length is NaN'],
    [delay('cool', '5' as never), 'length is "5"'],
    [delay('cool', 1, { alias: 'x' } as never), 'alias is not an option (did you mean aliases?)'],
    [delay('cool', 1, 5 as never), 'options is not an option'],
    [waitFor('cool', [] as never), 'signals is a list'],
    [waitFor('cool', paid as never), 'signals is an object'],
    [waitFor('cool', ['paid'] as never), 'signals is a list'],
    [waitFor('cool', [paid, sagaSignal('paid')]), 'signals has the signal "paid" twice'],
    [waitFor('cool', [sagaSignal('no name')]), 'the signal "no name" is not allowed'],
    [waitFor('cool', [paid], { timeoutMs: 0 }), 'timeoutMs is 0'],
    [waitFor('cool', [paid], { timeout: 5 } as never), 'timeout is not an option (did you mean timeoutMs?)'],
    [waitFor('cool', [paid], { onTimeout: 'fail' as never }), 'onTimeout is "fail"'],
    [waitFor('cool', [paid], { apply: 'it' as never }), 'apply is "it"'],
    [approval('cool', { onReject: 'fail' as never }), 'onReject is "fail"'],
    [approval('cool', { roles: [] }), 'roles is a list'],
    [approval('cool', { roles: ['finance', ''] }), 'roles is a list'],
    [approval('cool', { title: 'Refund' as never }), 'title is "Refund"'],
    [approval('cool', { notBy: 'ada' as never }), 'notBy is "ada"'],
  ])('are refused when the application starts: %j', (wait, problem) => {
    expect(problemsOf(wait)).toEqual([`step "cool" of saga "order": ${problem}`]);
  });

  it('may be as long as 100 years', () => {
    const centuryMs = 36_525 * days(1);
    expect(problemsOf(delay('cool', centuryMs), waitFor('long', [paid], { timeoutMs: centuryMs }))).toEqual(
      [],
    );
    expect(problemsOf(approval('long', { timeoutMs: centuryMs + 1 }))).toHaveLength(1);
  });
});
