import { SagaDefinitionError } from '../errors/saga-definition-error.js';
import { sagaDefaults } from '../options/defaults.js';
import { defineSaga, defineSagas } from './define-saga.js';
import { fallback } from './fallback.js';
import type { DeclaredSaga, DeclaredStep } from './saga-definition.js';

const handler = () => ({ act: () => undefined, compensate: () => undefined });
const step = (id: string, more: Partial<DeclaredStep> = {}): DeclaredStep => ({ id, handler, ...more });
const saga = (more: Partial<DeclaredSaga> = {}): DeclaredSaga => ({
  name: 'order',
  steps: [step('a')],
  ...more,
});

/** Options that pass the compiler, as in JavaScript or from a spread. */
const misspelt = (options: object): Record<string, never> => ({ ...options });

function problemsOf(...sagas: DeclaredSaga[]): readonly string[] {
  try {
    defineSagas(sagas);
    return [];
  } catch (error) {
    if (error instanceof SagaDefinitionError)
      return error.problems.map(({ where, problem }) => `${where}: ${problem}`);
    throw error;
  }
}

describe('defineSaga', () => {
  it('fills in the documented defaults', () => {
    const { version, maximumRecoveryAttempts, stages } = defineSaga(saga());
    expect({ version, maximumRecoveryAttempts }).toEqual({ version: 1, maximumRecoveryAttempts: 5 });
    const [stage] = stages;
    expect(stage?.kind === 'step' && stage.step).toMatchObject({
      retry: { ...sagaDefaults.retry, nonRetryableErrors: [] },
      compensation: {
        maximumAttempts: 3,
        initialIntervalMs: 1_000,
        backoffCoefficient: 2,
        maximumIntervalMs: 60_000,
        onExhausted: 'halt',
      },
      compensateOn: 'in-doubt',
    });
    expect(stage?.kind === 'step' && stage.step.timeoutMs).toBeUndefined();
  });

  it('takes each field of a policy from the step, then the saga, then the module', () => {
    const declared = saga({
      steps: [step('a', { retry: { maximumAttempts: 7 } })],
      retry: { initialIntervalMs: 5, maximumAttempts: 2 },
    });
    const [stage] = defineSaga(declared, { retry: { jitter: 0, initialIntervalMs: 9 } }).stages;
    expect(stage?.kind === 'step' && stage.step.retry).toMatchObject({
      maximumAttempts: 7,
      initialIntervalMs: 5,
      jitter: 0,
      backoffCoefficient: 2,
    });
  });

  it('refuses a saga without steps', () => {
    expect(problemsOf(saga({ steps: [] }))).toEqual(['saga "order": it has no steps']);
  });

  it('lists every problem of every saga in one error', () => {
    const problems = problemsOf(
      saga({ steps: [step('a'), step('a')] }),
      saga(),
      saga({ name: '1bad', version: 0 }),
      saga({ name: 'nested', steps: [fallback(fallback(step('x'), step('y')) as never, step('z'))] }),
    );
    expect(problems).toEqual([
      'saga "order": the step id "a" is used twice',
      'saga "1bad": the name "1bad" is not allowed',
      'saga "1bad": version is 0',
      'saga "nested": a fallback is nested in a fallback',
      'saga "order": order version 1 is declared twice',
    ]);
  });

  it.each(['a', 'Order', 'order.v2', 'a:b-c_d', `a${'b'.repeat(99)}`])('takes the name %s', (name) => {
    expect(problemsOf(saga({ name, steps: [step(name)] }))).toEqual([]);
  });

  it.each(['', '1a', 'a b', 'ä', '-a', 'a/b', 'a\n', `a${'b'.repeat(100)}`])(
    'refuses the name %j for sagas and steps',
    (name) => {
      expect(problemsOf(saga({ name, steps: [step(name)] }))).toHaveLength(2);
    },
  );

  it.each([
    ['0 attempts', { retry: { maximumAttempts: 0 } }],
    ['half an attempt', { retry: { maximumAttempts: 1.5 } }],
    ['a negative interval', { retry: { initialIntervalMs: -1 } }],
    ['an interval that is not a number', { retry: { maximumIntervalMs: Number.NaN } }],
    ['a coefficient below 1', { retry: { backoffCoefficient: 0.5 } }],
    ['a jitter over 1', { compensation: { jitter: 1.5 } }],
    ['a timeout of 0', { timeoutMs: 0 }],
    ['a timeout no timer can wait for', { timeoutMs: 2 ** 31 }],
    ['a negative maximum interval', { retry: { maximumIntervalMs: -1 } }],
    ['a negative jitter', { retry: { jitter: -0.1 } }],
    ['an interval no timer can wait for', { compensation: { initialIntervalMs: 2 ** 31 } }],
    ['a maximum interval no timer can wait for', { compensation: { maximumIntervalMs: 2 ** 31 } }],
    ['a coefficient without end', { compensation: { backoffCoefficient: Number.POSITIVE_INFINITY } }],
    ['a timeout of 0 of the compensation', { compensation: { timeoutMs: 0 } }],
    ['a timeout of the compensation no timer can wait for', { compensation: { timeoutMs: 2 ** 31 } }],
    ['nonRetryableErrors that are no list', { retry: { nonRetryableErrors: 'TypeError' as never } }],
    ['nonRetryableErrors that name no error', { compensation: { nonRetryableErrors: [404] as never } }],
    ['an unknown onExhausted', { compensation: { onExhausted: 'shrug' as never } }],
    ['an unknown compensateOn', { compensateOn: 'always' as never }],
  ])('refuses %s, on the step, the saga and the module', (_, policies) => {
    expect(problemsOf(saga({ steps: [step('a', policies)] }))).toHaveLength(1);
    expect(problemsOf(saga(policies))).toHaveLength(1);
    expect(() => defineSaga(saga(), policies)).toThrow(SagaDefinitionError);
  });

  it.each([
    [
      'a fallback as the alternative of a fallback',
      fallback(step('x'), fallback(step('y'), step('z')) as never),
    ],
    ['failureErrors that are no list', fallback(step('x'), step('y'), { failureErrors: 'E_DOWN' as never })],
    ['failureErrors that name no error', fallback(step('x'), step('y'), { failureErrors: [404] as never })],
    ['a failureThreshold of 0', fallback(step('x'), step('y'), { circuitBreaker: { failureThreshold: 0 } })],
    ['half a failure', fallback(step('x'), step('y'), { circuitBreaker: { failureThreshold: 0.5 } })],
    ['a resetTimeoutMs of 0', fallback(step('x'), step('y'), { circuitBreaker: { resetTimeoutMs: 0 } })],
    [
      'a resetTimeoutMs without end',
      fallback(step('x'), step('y'), { circuitBreaker: { resetTimeoutMs: Number.POSITIVE_INFINITY } }),
    ],
    [
      'ignoredErrors that are no list',
      fallback(step('x'), step('y'), { circuitBreaker: { ignoredErrors: TypeError as never } }),
    ],
    ['a policy of a side out of range', fallback(step('x'), step('y', { timeoutMs: -1 }))],
  ])('refuses %s', (_, declared) => {
    expect(problemsOf(saga({ steps: [declared] }))).toHaveLength(1);
  });

  const isGone = (error: Error): boolean => error.message === 'gone';
  const matched = (matcher: unknown): DeclaredSaga => {
    const errors = ['E_GONE', matcher] as never;
    return saga({
      steps: [
        step('a', { retry: { nonRetryableErrors: errors }, compensation: { nonRetryableErrors: errors } }),
        fallback(step('b'), step('c'), {
          failureErrors: errors,
          circuitBreaker: { ignoredErrors: errors },
        }),
      ],
    });
  };

  it.each([
    ['an arrow function', isGone, 'a function that is not a class'],
    [
      'a method',
      {
        matches(): boolean {
          return true;
        },
      }.matches,
      'a function that is not a class',
    ],
    ['an instance', new TypeError('gone'), 'an object'],
    ['what two files that import each other see', undefined, 'undefined'],
  ])('refuses %s as an error matcher, wherever it stands', (_, matcher, found) => {
    expect(problemsOf(matched(matcher))).toEqual([
      `step "a" of saga "order": retry.nonRetryableErrors[1] is ${found}`,
      `step "a" of saga "order": compensation.nonRetryableErrors[1] is ${found}`,
      `saga "order": failureErrors[1] is ${found}`,
      `saga "order": circuitBreaker.ignoredErrors[1] is ${found}`,
    ]);
  });

  it('says what to do instead of looking at the error', () => {
    expect(() => defineSaga(matched(isGone))).toThrow(
      'List error classes, codes or names; functions that examine the error are not supported',
    );
  });

  it.each([
    ['a class', TypeError],
    ['a subclass', class Gone extends Error {}],
    ['a class that was bound', TypeError.bind(undefined)],
    [
      'a class of its own instanceof',
      class {
        static [Symbol.hasInstance](): boolean {
          return true;
        }
      },
    ],
  ])('takes %s as an error matcher', (_, matcher) => {
    expect(problemsOf(matched(matcher))).toEqual([]);
  });

  const guarded = (circuitBreaker: unknown): DeclaredSaga =>
    saga({ steps: [fallback(step('a'), step('b'), { circuitBreaker: circuitBreaker as never })] });

  it.each([
    ['null', null, 'circuitBreaker is null'],
    ['a number', 5, 'circuitBreaker is 5'],
    ['a text', 'open', 'circuitBreaker is "open"'],
    ['a function', () => undefined, 'circuitBreaker is a function'],
    ['a breaker without isOpen', { execute: () => undefined }, 'circuitBreaker has no method "isOpen"'],
    ['a breaker without execute', { isOpen: () => false }, 'circuitBreaker has no method "execute"'],
    [
      'a breaker of flags',
      { execute: true, isOpen: true },
      'circuitBreaker has no method "execute"; saga "order": circuitBreaker has no method "isOpen"',
    ],
  ])('refuses %s as a circuit breaker', (_, circuitBreaker, problem) => {
    expect(problemsOf(guarded(circuitBreaker)).join('; ')).toBe(`saga "order": ${problem}`);
  });

  it('takes a breaker whose methods are inherited', () => {
    class Breaker {
      execute(): void {}
      isOpen(): boolean {
        return false;
      }
    }
    expect(problemsOf(guarded(new Breaker()))).toEqual([]);
  });

  it.each([
    ['a saga', { maxRecoveryAttempts: 1 }, 'maxRecoveryAttempts', 'maximumRecoveryAttempts'],
    ['the retries of a saga', { retry: { maxAttempts: 1 } }, 'retry.maxAttempts', 'retry.maximumAttempts'],
    ['a name of a group', { maximumAttempts: 1 }, 'maximumAttempts', 'retry.maximumAttempts'],
    [
      'the undoing',
      { compensation: { onExhaused: 'halt' } },
      'compensation.onExhaused',
      'compensation.onExhausted',
    ],
  ])('refuses an unknown option of %s, and says what was probably meant', (_name, options, name, meant) => {
    const problem = `${name} is not an option (did you mean ${meant}?)`;
    expect(problemsOf(saga(options as Partial<DeclaredSaga>))).toEqual([`saga "order": ${problem}`]);
  });

  it('refuses unknown options of a step, a fallback and a breaker', () => {
    const guarded = fallback(step('a', misspelt({ timeoutMS: 5 })), step('b'), {
      ...misspelt({ failureError: [Error] }),
      circuitBreaker: misspelt({ threshold: 3 }),
    });
    expect(problemsOf(saga({ steps: [guarded] }))).toEqual([
      'step "a" of saga "order": timeoutMS is not an option (did you mean timeoutMs?)',
      'saga "order": failureError is not an option (did you mean failureErrors?)',
      'saga "order": circuitBreaker.threshold is not an option (did you mean circuitBreaker.failureThreshold?)',
    ]);
  });

  it.each([
    ['retry', 5, 'retry is 5'],
    ['retry', [], 'retry is a list'],
    ['compensation', 'halt', 'compensation is "halt"'],
    ['retry', null, 'retry is null'],
    ['aliases', 'old', 'aliases is "old"'],
  ])('refuses a step whose %s has another shape: %j', (name, value, problem) => {
    const declared = step('a', { [name]: value });
    expect(problemsOf(saga({ steps: [declared] }))).toEqual([`step "a" of saga "order": ${problem}`]);
  });

  it.each([
    ['codec', { encode: () => ({}) }, 'codec has no method "decode"'],
    ['context', {}, 'context is an object'],
  ])('refuses a saga whose %s is none', (name, value, problem) => {
    expect(problemsOf(saga({ [name]: value }))).toEqual([`saga "order": ${problem}`]);
  });

  it.each([5, null, 'x'])('refuses %j for the options of a fallback', (options) => {
    const declared = fallback(step('a'), step('b'), options as never);
    expect(problemsOf(saga({ steps: [declared] }))).toEqual(['saga "order": options is not an option']);
  });

  it('refuses the result of createCircuitBreaker if it is not a breaker', () => {
    const define = () => defineSaga(guarded({}), { createCircuitBreaker: () => ({}) as never });
    expect(define).toThrow(SagaDefinitionError);
    expect(define).toThrow(/saga "order": the result of createCircuitBreaker has no method "execute"/);
  });

  it('counts aliases as ids', () => {
    expect(problemsOf(saga({ steps: [step('a'), step('b', { aliases: ['a'] })] }))).toHaveLength(1);
  });
});
